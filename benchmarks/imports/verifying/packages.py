"""Packs this machine's pytest into one file that a sandbox can import from."""

from __future__ import annotations

import io
import py_compile
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from harness.errors import BrokenSystemError

PACKAGES_PATH = "/opt/flywheel/packages.zip"
_DISTRIBUTIONS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
_COLOURS = (
    "lexers/__init__",
    "lexers/_mapping",
    "lexers/python",
    "lexers/diff",
)  # what pytest imports of them


def pytest_version() -> str | None:
    """The version of the pytest that tests run with, or ``None`` where it is not installed."""
    try:
        return metadata.version("pytest")
    except metadata.PackageNotFoundError:
        return None


@cache
def pytest_packages(*, compiled: bool = True) -> bytes:
    """A zip file of modules, which only this version of Python reads where they are ``compiled``.

    Raises ``BrokenSystemError`` where pytest is not installed.
    """
    packed = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
            tempfile.TemporaryDirectory() as folder,
        ):
            for file in _modules():
                if compiled:
                    content = _compiled(file, Path(folder, "module.pyc"))
                    archive.writestr(str(file.with_suffix(".pyc")), content)
                else:
                    archive.writestr(str(file), Path(str(file.locate())).read_bytes())
    except metadata.PackageNotFoundError as error:
        raise BrokenSystemError(
            f"{error.name} is not installed, and tests need it: pip install pytest"
        ) from None
    return packed.getvalue()


def _modules() -> Iterator[metadata.PackagePath]:
    for name in _DISTRIBUTIONS:
        for file in metadata.files(name) or ():
            if file.suffix == ".py" and ".." not in file.parts and _wanted(file):
                yield file


def _wanted(file: metadata.PackagePath) -> bool:
    if not str(file).startswith(("pygments/lexers/", "pygments/styles/")):
        return True
    return str(file.with_suffix("")).endswith((*_COLOURS, "styles/__init__", "styles/_mapping"))


def _compiled(file: metadata.PackagePath, part: Path) -> bytes:
    py_compile.compile(
        str(file.locate()),
        cfile=str(part),
        dfile=str(file),
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    return part.read_bytes()
