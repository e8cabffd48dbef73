"""Results of long tests, kept as JSON: ``pytest -m slow --results docs/benchmarks/slow.json``."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the file to write."""
    parser.addoption("--results", type=Path, default=None, help="write outcomes and figures to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Keep results where a file is named, and only in the process that sees all of them."""
    path = config.getoption("--results")
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(path, config.rootpath))


class Results:
    """Collects what each test came to, with the figures that it recorded by ``record_property``."""

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._root = root
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test's call, and a set-up that failed."""
        if report.when == "call" or report.outcome != "passed":
            figures = dict(report.user_properties)
            self._tests[report.nodeid] = {
                "outcome": report.outcome,
                "seconds": round(report.duration, 2),
                **figures,
            }

    def pytest_sessionfinish(self) -> None:
        """Write the file, if anything ran; tests of an earlier commit that did not run now stay, with their commit."""
        if not self._tests:
            return
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self._root, capture_output=True, text=True, check=False
        ).stdout.strip()
        stamp = {
            "commit": commit,
            "date": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
        kept = json.loads(self._path.read_text())["tests"] if self._path.exists() else {}
        kept |= {name: {**found, **stamp} for name, found in self._tests.items()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"tests": dict(sorted(kept.items()))}, indent=1) + "\n")
