"""What of a task's Dockerfile a plain sandbox can do: a known base, a working directory, copied files."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks.imports.refusal import Reason, Refusal

_PLAIN_BASE = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:python|debian|ubuntu)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?"
    r"|ghcr\.io/laude-institute/t-bench/(?:python-3-\d+|ubuntu-\d\d-\d\d)(?::[\w.-]+)?"
)
_IGNORED = frozenset({"LABEL", "CMD", "ENTRYPOINT", "EXPOSE", "USER", "SHELL", "STOPSIGNAL", "MAINTAINER"})
_HARMLESS_RUN = re.compile(r"mkdir( -p)?( [\w./-]+)+|true|:")
_INSTALL = re.compile(
    r"\b(?:pip3?|uv|apt(?:-get)?|apk|npm|yarn|conda|cargo|gem|go) (?:\w+ )?(?:install|add|update)\b"
)


@dataclass(frozen=True, kw_only=True)
class Image:
    """A Dockerfile's end: where work is done, what was copied there, and what a plain sandbox lacks."""

    workdir: str
    files: Mapping[str, bytes]
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Refusal, ...] = ()


def read_dockerfile(text: str, context: Mapping[str, bytes]) -> Image:
    """Read a Dockerfile whose build context holds ``context``; what cannot be done is in ``needs``."""
    build = _Build(context)
    for word, rest in _instructions(text):
        build.take(word, rest)
    return build.image()


class _Build:
    """The state between two instructions."""

    def __init__(self, context: Mapping[str, bytes]) -> None:
        self._context = context
        self._workdir = "/"
        self._copied: dict[str, bytes] = {}
        self._environment: dict[str, str] = {}
        self._needs: list[Refusal] = []
        self._stages = 0

    def take(self, word: str, rest: str) -> None:
        """Carry out one instruction, or note that it cannot be."""
        if word == "FROM":
            self._start(rest)
        elif word == "WORKDIR":
            self._workdir = posixpath.normpath(posixpath.join(self._workdir, rest.strip().strip("\"'")))
        elif word in {"COPY", "ADD"}:
            self._copy(rest)
        elif word == "ENV":
            self._set(rest)
        elif word == "RUN":
            self._run(rest)
        elif word not in _IGNORED:
            self._need(Reason.NEEDS_DOCKER, f"{word} {rest}")

    def image(self) -> Image:
        """What came of it."""
        if self._workdir == "/":
            self._need(Reason.NEEDS_DOCKER, "it sets no WORKDIR")
        base = self._workdir.rstrip("/") + "/"
        outside = sorted(path for path in self._copied if not path.startswith(base))
        if outside:
            self._need(Reason.NEEDS_DOCKER, f"it copies files out of its working directory ({outside[0]})")
        files = {
            path.removeprefix(base): content
            for path, content in self._copied.items()
            if path.startswith(base)
        }
        return Image(
            workdir=self._workdir, files=files, environment=self._environment, needs=tuple(self._needs)
        )

    def _start(self, rest: str) -> None:
        self._stages += 1
        base = next((word for word in rest.split() if not word.startswith("--")), "")
        if _PLAIN_BASE.fullmatch(base) is None:
            self._need(Reason.NEEDS_IMAGE, f"FROM {base}")
        if self._stages > 1:
            self._need(Reason.NEEDS_DOCKER, "it builds in several stages")

    def _copy(self, rest: str) -> None:
        words = _words(rest)
        if any(re.match(r"--(from|exclude|parents|link)\b", word) for word in words) or "<<" in rest:
            self._need(Reason.NEEDS_DOCKER, f"COPY {rest}")
            return
        words = [word for word in words if not word.startswith("--")]
        if len(words) < 2:
            self._need(Reason.NEEDS_DOCKER, f"COPY {rest}")
            return
        for source in words[:-1]:
            self._copy_one(source, words[-1], several=len(words) > 2)

    def _copy_one(self, source: str, target: str, *, several: bool) -> None:
        name = posixpath.normpath(source).lstrip("/")
        place = posixpath.normpath(posixpath.join(self._workdir, target))
        if name in self._context:
            into = several or target.endswith(("/", ".")) or place == self._workdir
            path = posixpath.join(place, posixpath.basename(name)) if into else place
            self._copied[path] = self._context[name]
            return
        prefix = "" if name in {".", ""} else f"{name}/"
        below = {path: content for path, content in self._context.items() if path.startswith(prefix)}
        if not below:
            self._need(Reason.NEEDS_DOCKER, f"COPY {source}, which is not in the build context")
        for path, content in below.items():
            self._copied[posixpath.join(place, path.removeprefix(prefix))] = content

    def _set(self, rest: str) -> None:
        words = _words(rest)
        pairs = [word.partition("=") for word in words]
        if words and "=" not in words[0]:
            pairs = [(words[0], "=", " ".join(words[1:]))]
        for name, _, value in pairs:
            if name != "PATH":  # the sandbox has its own
                self._environment[name] = value
            if "$" in value and name != "PATH":
                self._need(Reason.NEEDS_DOCKER, f"ENV {rest}")

    def _run(self, rest: str) -> None:
        if _HARMLESS_RUN.fullmatch(rest.strip()):
            return
        reason = Reason.NEEDS_PACKAGES if _INSTALL.search(rest) else Reason.NEEDS_DOCKER
        self._need(reason, f"RUN {rest}")

    def _need(self, reason: Reason, detail: str) -> None:
        shown = " ".join(detail.split())
        self._needs.append(Refusal(reason=reason, detail=shown[:160]))


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    for line in joined.split("\n"):
        word, _, rest = line.strip().partition(" ")
        if word:
            yield word.upper(), rest.strip()


def _words(rest: str) -> list[str]:
    if rest.startswith("["):
        try:
            return [str(word) for word in json.loads(rest)]
        except ValueError:
            return []
    try:
        return shlex.split(rest)
    except ValueError:
        return []
