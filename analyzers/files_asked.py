"""What an instruction says about files: which it wants written, which it forbids, which it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.commands import is_configuration, is_document, is_test_file

_FILE = r"[`'\"]?(?P<file>[\w./-]{0,200}[\w/]\w\.[A-Za-z]\w{0,4})\b"
_DEMAND = re.compile(
    r"\b(?:add|append|write|update|create|record|note|document|put)\b[^.\n]{0,60}?" + _FILE, re.IGNORECASE
)
_SUBJECT = re.compile(
    r"\b(?:in|fix|repair|edit|modify|change|implement|complete|correct|debug)\s{1,3}(?:the\s)?(?:file\s)?"
    + _FILE,
    re.IGNORECASE,
)
_VERBS = r"\b(?:do not|don't|never|must not|mustn't|may not|without)\s{1,3}(?:edit|modify|change|touch|alter|delete)\w{0,4}\b:?"
_EXCEPT = r"(?![^.\n]{0,40}\b(?:other|else|except|besides|apart|outside|but)\b)"
_BAN = re.compile(_VERBS + _EXCEPT + r"[^.\n]{0,40}?" + _FILE, re.IGNORECASE)
_LEAVE = re.compile(
    r"\bleave\s{1,3}" + _FILE + r"[`'\"]?\s{1,3}(?:as it is|alone|unchanged|untouched|as is)\b", re.IGNORECASE
)
_NO_TESTS = re.compile(
    _VERBS
    + _EXCEPT
    + r"[^.\n]{0,40}?\b(?:tests?(?: files?| suites?| cases?)?|testing (?:code|logic))\b(?!\.\w)",
    re.IGNORECASE,
)
_NO_CONFIGURATION = re.compile(
    _VERBS + _EXCEPT + r"[^.\n]{0,60}?\bconfig(?:uration)?(?: files?)?\b(?!\.\w)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class FilesAsked:
    """``wanted`` is to be written, ``banned`` is not to be touched, ``subjects`` is what the work is in.

    ``no_tests`` and ``no_configuration`` say that files of these kinds are banned as a whole.
    """

    wanted: frozenset[str]
    banned: frozenset[str]
    subjects: frozenset[str]
    no_tests: bool
    no_configuration: bool

    @property
    def names_files(self) -> bool:
        """Whether the instruction names any file to work on."""
        return bool(self.wanted or self.subjects)

    def names_as_banned(self, path: str) -> bool:
        """Whether the instruction forbids to change this file by its name."""
        return any(is_same_file(path, file) for file in self.banned)

    def forbids(self, path: str) -> bool:
        """Whether the instruction forbids to change this file, by its name or by its kind."""
        if self.no_tests and is_test_file(path):
            return True
        if self.no_configuration and is_configuration(path):
            return True
        return self.names_as_banned(path)


def read_files_asked(instruction: str) -> FilesAsked:
    """What an instruction says about files; nothing where it is empty."""
    banned = frozenset(match["file"] for ban in (_BAN, _LEAVE) for match in ban.finditer(instruction))
    allowed = _BAN.sub("", instruction) if banned else instruction
    subjects = frozenset(match["file"] for match in _SUBJECT.finditer(allowed)) - banned
    return FilesAsked(
        wanted=frozenset(match["file"] for match in _DEMAND.finditer(allowed)) - banned,
        banned=banned,
        subjects=frozenset(file for file in subjects if not is_document(file)),
        no_tests=bool(_NO_TESTS.search(instruction)),
        no_configuration=bool(_NO_CONFIGURATION.search(instruction)),
    )


def is_same_file(path: str, file: str) -> bool:
    """Whether a path that an edit names is the file that an instruction names, from whatever folder."""
    bare = file.removeprefix("./")
    return path in (file, bare) or path.endswith("/" + bare.lstrip("/"))
