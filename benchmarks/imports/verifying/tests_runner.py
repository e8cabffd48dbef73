"""Runs inside a sandbox: pytest from a bundle, its counts printed behind a nonce. Sent as text."""

from __future__ import annotations

import builtins
import json
import os
import sys

TYPE_CHECKING = False  # importing typing would only cost time
if TYPE_CHECKING:
    from typing import Any


class Report:
    """Counts tests as pytest reports them; a test of several steps counts once."""

    def __init__(self) -> None:
        self.ends: dict[str, str] = {}
        self.cause = ""
        self.missing = ""

    def pytest_exception_interact(self, call: Any) -> None:
        """Keep the cause of the first failure, by a built-in class's name, so that a program cannot choose it."""
        if not self.cause and call.excinfo is not None:
            self._explain(call.excinfo.value)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take a test's worst step."""
        rank = ("passed", "skipped", "failed")
        before = self.ends.get(report.nodeid, "passed")
        if report.when == "call" or report.outcome != "passed":
            self.ends[report.nodeid] = max(before, report.outcome, key=rank.index)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be collected is a failed test."""
        if report.outcome != "passed":
            self.ends[report.nodeid or "collection"] = report.outcome

    def _explain(self, error: BaseException) -> None:
        while error.__cause__ is not None and type(error).__name__ == "CollectError":
            error = error.__cause__
        if isinstance(error, AssertionError):
            self.cause = "assertion"
            return
        if isinstance(error, ModuleNotFoundError):
            self.missing = str(error.name)[:100]
        kinds = [kind for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind]
        self.cause = f"exception:{kinds[0].__name__}" if kinds else "exception:Exception"

    def counts(self) -> dict[str, Any]:
        """The answer."""
        ends = list(self.ends.values())
        return {
            "passed": ends.count("passed"),
            "failed": ends.count("failed"),
            "skipped": ends.count("skipped"),
            "cause": self.cause or "assertion",
            "missing": self.missing,
        }


def main() -> None:
    """Read what to run from standard input, run it, print the counts."""
    payload = json.loads(sys.stdin.buffer.read())
    nonce = payload.pop("nonce")
    sys.stdout.write("\nflywheel: begun\n")  # from here on an exit code is the program's
    sys.stdout.flush()
    os.environ.update(payload["environment"])
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    root, packages = sys.argv[1:]
    sys.path.insert(0, packages)
    # Last, so that a program shadows nothing.
    sys.path += [
        os.path.normpath(f"{root}/{folder}") if folder[:1] != "/" else folder for folder in payload["path"]
    ]
    import pytest  # noqa: PLC0415 -- not there before

    report = Report()
    arguments = ["-c", "/dev/null", f"--rootdir={root}", f"--confcutdir={root}"]
    plugins = ["-p", "no:cacheprovider", "-p", "no:terminal", "--import-mode=importlib"]
    pytest.main([*arguments, *plugins, *payload["tests"]], plugins=[report])
    sys.stdout.write(f"\n{nonce} {json.dumps(report.counts())}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
