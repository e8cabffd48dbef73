"""What an agent process can see is an allow-list, as a value."""

from __future__ import annotations

import json
from pathlib import Path

from harness.agent_service import agent_layout, agent_service
from harness.sandboxes.layout import MEGABYTE, Layout

ROOT = Path(__file__).parents[2]


def test_of_this_project_two_packages_are_shown() -> None:
    """What runs there, and the stock middleware; anything added here is seen by every candidate."""
    shown = {Path(source).relative_to(ROOT).as_posix() for source, _ in agent_layout().rebinds}

    assert shown == {"harness/__init__.py", "harness/agent_process", "middleware"}


def test_everything_is_shown_where_it_lies() -> None:
    """An agent process imports by the same paths as its fork server did."""
    layout = agent_layout()

    assert all(source == target for source, target in layout.rebinds)
    assert all(Path(source) == Path(target).resolve() or source == target for source, target in layout.binds)


def test_no_bind_shows_a_home_or_the_project() -> None:
    """Binds of whole folders above them would."""
    private = [Path.home(), ROOT, ROOT / "harness", ROOT / "benchmarks", ROOT / "tests"]
    targets = [Path(target) for _, target in agent_layout().binds]
    masked = [Path(path) for path in agent_layout().masked]

    for folder in private:
        above = [target for target in targets if folder == target or folder.is_relative_to(target)]
        hidden = any(folder.is_relative_to(path) for path in masked)
        assert not above or hidden, (folder, above)


def test_it_has_little_room_and_no_network() -> None:
    """A candidate's scratch space is small, and nobody else is on the line."""
    layout = agent_layout()

    assert layout.scratch == (("/agent", 16 * MEGABYTE),)
    assert not layout.loopback
    assert not layout.whole_proc
    assert layout.limits.processes <= 64
    assert layout.limits.address_space <= 2048 * MEGABYTE


def test_nothing_that_is_shown_lies_under_scratch_space() -> None:
    """Scratch space is mounted last: it would cover a checkout or packages below it, such as ones in /tmp."""
    layout = agent_layout()

    shown = [target for _, target in (*layout.binds, *layout.rebinds)]
    covered = [t for t in shown for folder, _ in layout.scratch if f"{t}/".startswith(f"{folder}/")]
    assert covered == []
    assert not any("/tmp".startswith(folder) for folder, _ in layout.scratch)


def test_the_layout_travels() -> None:
    """The fork server reads what was sent."""
    layout = agent_layout()

    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout


def test_the_fork_server_s_environment_is_fixed() -> None:
    """Written down whole: nothing of ours is inherited, keys least of all."""
    environment = agent_service(isolated=True)._command.environment

    assert set(environment) == {
        "PATH", "LANG", "HOME", "TMPDIR", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "LANGSMITH_TRACING",
    }  # fmt: skip
    assert environment["LANGSMITH_TRACING"] == "false"
    assert environment["HOME"] == environment["TMPDIR"] == "/agent"
