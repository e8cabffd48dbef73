"""Words that set a group apart, and the run that is most like the others."""

from __future__ import annotations

import numpy as np

from analyzers.patterns.words import most_central, telling_words, word_space

CLUSTER = [
    ("typeerror", "unsupported", "operand", "banana"),
    ("typeerror", "unsupported", "operand"),
    ("typeerror", "unsupported", "operand", "cherry"),
    ("something", "else", "entirely"),
]
OTHERS = [("traceback", "operand", "overflow")] * 3


def test_the_medoid_is_the_most_central_run() -> None:
    """The odd one out comes last."""
    central = most_central(word_space(CLUSTER), np.arange(4))

    assert (central[0], central[-1]) == (1, 3)


def test_terms_set_the_cluster_apart_from_others() -> None:
    """What all failures say is no term of one cluster, nor is what one run says."""
    space = word_space([*CLUSTER, *OTHERS])
    terms = telling_words(space, np.arange(3), np.arange(4, 7))

    assert set(terms) == {"typeerror", "unsupported"}


def test_stop_words_tell_nothing() -> None:
    """However unevenly they are spread."""
    space = word_space([("then", "failed")] * 5 + [("passed",)] * 5)

    assert telling_words(space, np.arange(5), np.arange(5, 10)) == ("failed",)


def test_without_content_the_order_decides() -> None:
    """Redacted runs still have a medoid, and no terms."""
    space = word_space([(), (), ()])

    assert list(most_central(space, np.arange(3))) == [0, 1, 2]
    assert telling_words(space, np.arange(2), np.arange(2, 3)) == ()
