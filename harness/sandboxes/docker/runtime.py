"""Finds what our first process needs to run in any image: this machine's interpreter with its own loader.

The image may be of another libc, or have no Python at all: the loader is named, the libraries are given by path, and the
image's own are never touched.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BrokenSystemError
from harness.sandboxes.interpreter import plain_interpreter

RUNTIME = "/flywheel"  # in the container
_ROOT = Path(__file__).resolve().parents[3]
_SHOWN = ("harness/__init__.py", "harness/wire.py", "harness/sandboxes")
_PROBE = f"""
import json, os, sys
sys.path.append({str(_ROOT)!r})
import harness.sandboxes.docker.inside
mapped = {{line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if line.count("/")}}
print(json.dumps({{
    "libraries": sorted(path for path in mapped if ".so" in os.path.basename(path)),
    "standard": os.path.dirname(os.__file__),
}}))
"""
_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """``binds`` are (path on this machine, path in the container), ``program`` starts our first process there."""

    binds: tuple[tuple[str, str], ...]
    program: tuple[str, ...]


def find_runtime() -> Runtime:
    """The runtime of this machine; raises ``BrokenSystemError`` where the interpreter has no loader of its own."""
    interpreter = plain_interpreter()
    found = _probe(interpreter)
    standard = Path(found["standard"])
    outside = [Path(path) for path in found["libraries"] if not Path(path).is_relative_to(standard)]
    loaders = [path for path in outside if path.name.startswith("ld-")]
    if len(loaders) != 1:
        raise BrokenSystemError(f"{interpreter} is not linked dynamically: containers cannot run it")
    return Runtime(
        binds=(
            (interpreter, f"{RUNTIME}/bin/python3"),
            (str(standard), f"{RUNTIME}/lib/{standard.name}"),
            (str(loaders[0]), f"{RUNTIME}/loader"),
            *((str(path), f"{RUNTIME}/libraries/{name}") for path in outside for name in _names(path)),
            *((str(_ROOT / shown), f"{RUNTIME}/code/{shown}") for shown in _SHOWN),
        ),
        program=_program(),
    )


def _program() -> tuple[str, ...]:
    begin = (
        f"import sys; sys.path.append('{RUNTIME}/code'); "
        "from harness.sandboxes.docker.inside import main; main()"
    )
    loader = (f"{RUNTIME}/loader", "--library-path", f"{RUNTIME}/libraries")
    return (*loader, f"{RUNTIME}/bin/python3", "-I", "-S", "-B", "-c", begin)


def _probe(interpreter: str) -> dict[str, str]:
    """What the interpreter maps when it has loaded all that the first process loads."""
    try:
        finished = subprocess.run(
            [interpreter, "-I", "-S", "-B", "-c", _PROBE], capture_output=True, check=True, timeout=_SECONDS
        )
        found: dict[str, str] = json.loads(finished.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise BrokenSystemError(f"{interpreter} does not tell what it loads: {error}") from error
    return found


def _names(library: Path) -> list[str]:
    """The names by which a library may be asked for: its file's, and those of links beside it with a version."""
    stem = library.name.split(".so", maxsplit=1)[0]
    links = [path.name for path in library.parent.glob(f"{stem}.so.*") if path.resolve() == library]
    return sorted({library.name, *links})
