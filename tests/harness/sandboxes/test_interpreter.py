"""What a sandbox shows of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.sandboxes.interpreter import (
    package_folders,
    plain_interpreter,
    project_folders,
    system_binds,
    system_links,
)


def test_the_plain_interpreter_has_our_version() -> None:
    """And is not our environment's."""
    program = "import sys; print(sys.version_info[:2], sys.prefix == sys.base_prefix)"
    output = subprocess.run(
        [plain_interpreter(), "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert output.strip() == f"{sys.version_info[:2]} True"


def test_only_what_exists_is_shown() -> None:
    """Folders and files of the machine, at their own places."""
    binds = system_binds()

    assert all(Path(source).exists() for source, _ in binds)
    assert "/usr" in {target for _, target in binds}
    interpreter = os.path.realpath(sys.base_prefix)
    homes = [target for _, target in binds if target.startswith(("/home", "/root/", "/work"))]
    assert all(target.startswith(interpreter) for target in homes)


def test_programs_find_the_interpreter_by_both_names() -> None:
    """First on the path."""
    links = dict(system_links())

    assert links["/run/python/python3"] == links["/run/python/python"] == plain_interpreter()


def test_masked_folders_are_folders_of_packages() -> None:
    """Nothing of the standard library is among them."""
    assert all(path.endswith(("dist-packages", "site-packages")) for path in package_folders())


def test_the_project_is_masked_where_a_system_folder_would_show_it() -> None:
    """A container often has it under /usr."""
    shown = [target for _, target in system_binds()]

    assert all(any(path.startswith(f"{bind}/") for bind in shown) for path in project_folders())
