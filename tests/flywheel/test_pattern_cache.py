"""Where patterns lie is kept beside the index, and may be deleted."""

from __future__ import annotations

from pathlib import Path

from analyzers.pattern import Signature
from analyzers.patterns.placing import Centre, Centres
from flywheel.archive import open_archive
from flywheel.pattern_cache import store_centres, stored_centres

CENTRES = Centres(
    centres=(
        Centre(pattern="p", signatures=(Signature(cause="failed", mechanism="loop"),), words={"again": 0.5}),
    )
)


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    """Whole, in the folder of the traces."""
    store_centres(open_archive(tmp_path), CENTRES)

    assert stored_centres(open_archive(tmp_path)) == CENTRES


def test_without_a_cache_there_is_none(tmp_path: Path) -> None:
    """Deleted, or written by another version."""
    archive = open_archive(tmp_path)
    first = stored_centres(archive)
    store_centres(archive, CENTRES)
    (tmp_path / ".flywheel" / "pattern-centres.json").write_text('{"other": 1}')

    assert (first, stored_centres(archive)) == (None, None)
