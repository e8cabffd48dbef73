"""Fits the weights of words to the examples: ``python -m harness.simulated.advice.training`` writes them anew."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from harness.simulated.advice.features import features
from harness.simulated.advice.sentences import sentences_of
from harness.simulated.advice.weights import FILE, Weights

_REGULARIZATION = 3.0  # the inverse of its strength, as scikit-learn counts it
_SEEN_AT_LEAST = 2  # a word seen in one example only says nothing
_DIGITS = 2


def read_examples(text: str) -> list[tuple[str, str]]:
    """Pairs of a kind's name and a wording, from lines with a tab between."""
    pairs = (line.split("\t", 1) for line in text.splitlines() if line)
    return [(kind, wording) for kind, wording in pairs]


def fit(examples: list[tuple[str, str]]) -> Weights:
    """Fit a multinomial logistic regression to examples; the same ones give the same weights."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - a second to load
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    vectorizer = CountVectorizer(
        analyzer=lambda text: features(sentences_of(text)), binary=True, min_df=_SEEN_AT_LEAST
    )
    counts = vectorizer.fit_transform([wording for _, wording in examples])
    model = LogisticRegression(C=_REGULARIZATION, max_iter=3000).fit(counts, [kind for kind, _ in examples])
    names = vectorizer.get_feature_names_out()
    return Weights(
        classes=tuple(str(name) for name in model.classes_),
        intercepts=tuple(round(float(each), _DIGITS) for each in model.intercept_),
        by_feature={
            str(name): tuple(round(float(weight), _DIGITS) for weight in column)
            for name, column in zip(names, model.coef_.T, strict=True)
        },
    )


def write(weights: Weights, path: Path) -> None:
    """Write weights as JSON with one line for each feature."""
    lines = (f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in sorted(weights.by_feature.items()))
    body = ",\n".join(lines)
    head = f'"classes": {json.dumps(weights.classes)},\n"intercepts": {json.dumps(weights.intercepts)}'
    path.write_text(f'{{\n{head},\n"weights": {{\n{body}\n}}\n}}\n', "utf-8")


def main() -> None:
    """Fit the shipped examples and write the file that ships."""
    folder = Path(str(resources.files(__package__)))
    write(fit(read_examples((folder / "examples.tsv").read_text("utf-8"))), folder / FILE)


if __name__ == "__main__":
    main()
