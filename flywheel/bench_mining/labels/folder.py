"""Where the labelled sets are: they are other people's and no part of the project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flywheel.errors import FlywheelError

VARIABLE = "FLYWHEEL_LABELLED_DATA"


class NoLabelledDataError(FlywheelError):
    """The labelled sets, or one of them, are not there; the figures that rest on them are left out."""


def labelled_folder(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of labelled sets: the one that is given, else the one that ``FLYWHEEL_LABELLED_DATA`` names.

    Raises ``NoLabelledDataError`` where neither is, or where it is no folder.
    """
    named = environment.get(VARIABLE, "")
    folder = given or (Path(named) if named else None)
    if folder is None:
        raise NoLabelledDataError(
            f"no folder of labelled sets: name one, or set {VARIABLE}; the figures that rest on labels are left out"
        )
    if not folder.is_dir():
        raise NoLabelledDataError(
            f"{folder} is no folder; {VARIABLE} or the option must name one of labelled sets"
        )
    return folder


def set_folder(folder: Path, name: str) -> Path:
    """The folder of one labelled set. Raises ``NoLabelledDataError`` where it is absent."""
    found = folder / name
    if not found.is_dir():
        raise NoLabelledDataError(
            f"the labelled set {name!r} is not below {folder}; its figures are left out"
        )
    return found
