"""What shell command lines write, and whether they run tests."""

from __future__ import annotations

import time

import pytest

from middleware.shell_lines import hides_exit_code, runs_tests, written_files


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("sed -i 's/-/+/' add.py", ("add.py",)),
        ("sed -n 5p add.py", ()),
        ("cd src && echo 'x > y' > notes.md", ("notes.md",)),
        ("cat > add.py <<'EOF'\nif a > b:\n    it's\nEOF", ("add.py",)),
        ("tee -a a.txt <<EOF\nx\nEOF", ("a.txt",)),
        ("echo x | tee a.txt b.txt", ("a.txt", "b.txt")),
        ("python3 check.py > out.log 2>&1", ()),
        ("pytest -q | tee out.log", ()),
        ("echo x > /dev/null", ()),
        ("echo \"unclosed > 'quote", ("'quote",)),
        ("", ()),
    ],
)
def test_written_files_are_the_authored_ones(command: str, files: tuple[str, ...]) -> None:
    """Text that the line itself writes counts; another program's redirected output does not."""
    assert written_files(command) == files


@pytest.mark.parametrize(
    "command",
    [
        "pytest -q",
        "python3 check_visible.py",
        "cd repo && FOO=1 python -m unittest discover",
        "timeout 20 ./run_tests.sh 2>&1 | tail -5",
        "make test",
        "npm run test -- --watch=false",
        "python3 -c 'from add import add; assert add(1, 2) == 3'",
        "python3 - <<'EOF'\nfrom add import add\nassert add(1, 2) == 3\nEOF",
        "cargo test\n",
    ],
)
def test_test_runs_are_recognised(command: str) -> None:
    """Runners, test files and assertions count as tests, also behind other commands."""
    assert runs_tests(command)


@pytest.mark.parametrize(
    "command",
    [
        "cat test_add.py",
        "ls tests",
        "git checkout latest",
        "grep -rn assert .",
        "pip install pytest",
        "npm install jest",
        "cat > test_add.py <<'EOF'\nassert True\nEOF",
        "# run the tests\nls",
        "python3 add.py",
        "[ -f test_add.py ] && cat add.py",
        "test -f add.py",
    ],
)
def test_looking_at_tests_is_not_running_them(command: str) -> None:
    """Listing, printing, searching, writing or installing tests is no test run."""
    assert not runs_tests(command)


def test_pipes_and_lists_hide_exit_codes() -> None:
    """The exit code of a pipe or a list may belong to a command that is no test."""
    assert hides_exit_code("pytest | tail -1")
    assert hides_exit_code("pytest; echo done")
    assert not hides_exit_code("cd repo && pytest")


def test_long_hostile_commands_are_read_in_time() -> None:
    """Many lines, open heredocs and operators do not make reading slow."""
    hostile = "\n" * 20_000 + "test > x " * 5_000 + "<<EOF\n" * 200

    started = time.perf_counter()
    written_files(hostile)
    runs_tests(hostile)

    assert time.perf_counter() - started < 5
