"""Bringing a text into sentences of plain lower-case words, without code and quotations."""

from __future__ import annotations

import re

_CONTRACTIONS = (
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"n't\b", " not"),
    (r"\blet's\b", "let us"),
    (r"\b(you|we|they|i)'ve\b", r"\1 have"),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\b(you|we|they|i|it)'ll\b", r"\1 will"),
    (r"\b(you|we|they|i)'d better\b", r"\1 had better"),
    (r"\b(you|we|they|i)'d\b", r"\1 would"),
    (r"\b(it|that|this|there|what|where|here|who|time|that)'s\b", r"\1 is"),
    (r"\bi'm\b", "i am"),
    (r"\bcannot\b", "can not"),
    (r"\b(re|double|sanity|wrap|self)-(?=\w)", r"\1"),
    (r"\bgotta\b", "have to"),
    (r"\bdouble check", "doublecheck"),
    (r"\bsanity check(?=\s+(?:the|your|it|that|this|every|each)\b)", "sanitycheck"),
    (r"(\d)\s*%", r"\1 percent"),
)
_CODE_WORDS = (
    (re.compile(r"(?:^|\s)(?:-q+|--quiet|--silent|--tb=\w+)(?:\s|$)"), " quietflag "),
    (re.compile(r"pytest|unittest|tox\b|\bmake (?:test|check)|(?:^|[\s/_.])(?:run_)?(?:tests?|checks?)(?:_|\b)"), " testscript "),
    (re.compile(r"^\s*(?:ls|find|tree|pwd|dir|git ls-files|glob|list_files|list_directory|fd)\b"), " listcommand "),
    (re.compile(r"\b(?:head|tail|grep|less|sed -n|wc)\b"), " shortcommand "),
    (re.compile(r"^\s*(?:-q+|--quiet|--silent|--tb=\w+|-qq|--no-verbose)"), " quietflag "),
    (re.compile(r"^\s*(?:-v+|--verbose|-vv)"), " verboseflag "),
)  # fmt: skip
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_BACKTICKED = re.compile(r"`([^`\n]{1,120})`")
_FLAG = re.compile(r"(?<!\w)(--?(?:quiet|silent|q{1,2}|verbose|vv?))(?!\w)")
_BARE_SCRIPT = re.compile(
    r"\b(?:python3?\s+(?:-m\s+)?)?[\w/]*(?:test|check)[\w/]*\.(?:py|sh)\b|\bpytest\b|\bunittest\b"
)
_BARE_PATH = re.compile(
    r"(?<!\w)(?:\.{0,2}/)?[\w-]+(?:/[\w.-]+)*\.(?:py|md|txt|toml|json|sh|cfg|yaml|yml|log)\b"
)
_QUOTED = re.compile(r"[\"“]([^\"”\n]{1,200})[\"”]")
_END = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[.!?])(?=[\"')\]])")
_BULLET = re.compile(r"^\s*(?:[-*•–—▪>]+|\(?\d{1,2}[.)]|\[[ xX]?\]|[a-z]\))\s*")
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[,:;.?!()—–-]")


def sentences_of(text: str) -> tuple[str, ...]:
    """Sentences as words and punctuation marks with single spaces between, in lower case.

    Inline code becomes one of a few code words, such as ``testscript``; a fenced block disappears; a
    quotation keeps its words only where it seems to be addressed to the reader.
    """
    text = _FENCED.sub("\n", text.replace("\u2019", "'").replace("\u2018", "'"))
    text = _BACKTICKED.sub(lambda match: _code_word(match[1]), text)
    text = _FLAG.sub(lambda match: _code_word(match[1]), text)
    text = _BARE_PATH.sub(" filename ", _BARE_SCRIPT.sub(" testscript ", text))
    text = _QUOTED.sub(
        lambda match: f" {match[1]} " if _END.search(text[: match.start()][-2:]) else " quotation ", text
    )
    sentences = (_plain(part) for line in text.split("\n") for part in _END.split(_BULLET.sub("", line)))
    return tuple(sentence for sentence in sentences if any(letter.isalpha() for letter in sentence))


def _code_word(code: str) -> str:
    for pattern, word in _CODE_WORDS:
        if pattern.search(code):
            return word
    return " filename " if re.search(r"\.\w{1,4}$", code) else " codeword "


def _plain(sentence: str) -> str:
    text = sentence.lower()
    for pattern, replacement in _CONTRACTIONS:
        text = re.sub(pattern, replacement, text)
    return " ".join(_TOKEN.findall(text))
