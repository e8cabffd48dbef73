"""Shell commands are told apart by what they do."""

from __future__ import annotations

import pytest

from analyzers.commands import (
    is_configuration,
    is_document,
    is_test_file,
    read_command,
    runs_program,
    runs_tests,
    write_targets,
    writes_files,
)

TESTS = [
    "pytest -q",
    "python3 -m pytest tests/test_a.py",
    "python -m unittest discover",
    "cd /app && timeout 60 python3 check_visible.py --verbose",
    "PYTHONPATH=. python tests/test_x.py",
    "npm test",
    "npm run test -- --watch=false",
    "cargo test --all",
    "go test ./...",
    "make -C build check",
    "./run_tests.sh",
    "bash run_tests.sh | tail -5",
    "python manage.py test app",
    "sed -i 's/a/b/' x.py; tox -e py311",
]
NO_TESTS = [
    "cat tests/test_a.py",
    "grep -rn test_name tests/test_a.py | head",
    "ls tests",
    "python setup.py build",
    "git diff tests/test_a.py",
    "echo run the tests with pytest",
    "cat > test_new.py <<'EOF'\nimport pytest\npytest.main()\nEOF",
    "pip install pytest",
]
WRITES = [
    "sed -i 's/a/b/' x.py",
    "sed -n -i 's/a/b/p' x.py",
    "echo done >> CHANGES.md",
    "cat > x.py <<EOF\nprint(1)\nEOF",
    "printf x | tee out.txt",
    "git apply fix.patch",
    "mv a.py b.py",
    "python3 -c \"open('x.py', 'w').write('')\"",
    "python - <<'E'\nfrom pathlib import Path\nPath('x').write_text('y')\nE",
]
NO_WRITES = [
    "cat x.py",
    "pytest 2>/dev/null",
    "pytest > /dev/null 2>&1",
    "python x.py 2>&1 | tail",
    "grep -n 'a -> b' x.py 2>&1",
    "test 1 -gt 0",
    "ls -la",
    "rm reproduce_issue.py",
]


@pytest.mark.parametrize("command", TESTS)
def test_a_test_runner_is_known(command: str) -> None:
    """Runners of many languages count, behind prefixes and inside longer lines too."""
    assert runs_tests(command)


@pytest.mark.parametrize("command", NO_TESTS)
def test_naming_a_test_is_not_running_it(command: str) -> None:
    """Reading, listing or writing a test file runs nothing."""
    assert not runs_tests(command)


@pytest.mark.parametrize("command", WRITES)
def test_a_command_that_writes_is_known(command: str) -> None:
    """Redirections, in-place editors, patches and small programs that write all count."""
    assert writes_files(command)


@pytest.mark.parametrize("command", NO_WRITES)
def test_a_command_that_only_reads_writes_nothing(command: str) -> None:
    """Redirected error output and devices are no files."""
    assert not writes_files(command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python3 program.py 1 2", True),
        ("python -c 'import x; x.f()'", True),
        ("./bin/tool --fast", True),
        ("node index.js", True),
        ("python --version", False),
        ("python -m py_compile x.py", False),
        ("python -m pip install x", False),
        ("cat program.py", False),
    ],
)
def test_running_a_program_is_told_from_compiling_it(command: str, expected: bool) -> None:
    """A program's run can show a mistake; its compilation or installation cannot."""
    assert runs_program(command) is expected


def test_write_targets_leave_devices_and_heredoc_bodies_out() -> None:
    """What stands inside a heredoc is content, not a redirection."""
    command = "cat > 'a.py' <<EOF\nif x > y: pass\nEOF\necho x >> b.md 2> /dev/null"

    assert write_targets(command) == ("a.py", "b.md")


@pytest.mark.parametrize(
    ("path", "expected"), [("CHANGES.md", True), ("docs/NOTES", True), ("notes.py", False), ("x.txt", True)]
)
def test_documents_are_known_by_name(path: str, expected: bool) -> None:
    """Prose needs no test."""
    assert is_document(path) is expected


@pytest.mark.parametrize(
    ("path", "test", "configuration"),
    [
        ("tests/a.py", True, False),
        ("src/test_a.py", True, False),
        ("a.spec.ts", True, False),
        ("conftest.py", True, False),
        ("pyproject.toml", False, True),
        (".github/workflows/ci.yml", False, True),
        ("src/contest.py", False, False),
        ("latest/a.py", False, False),
    ],
)
def test_tests_and_configuration_are_known_by_name(path: str, test: bool, configuration: bool) -> None:
    """In the manner of many languages."""
    assert is_test_file(path) is test
    assert is_configuration(path) is configuration


@pytest.mark.parametrize(
    ("command", "looks", "discards"),
    [
        ("cd /app && cat a.py | head -20", True, False),
        ("git diff && git log -1", True, False),
        ("rm a.py", False, True),
        ("git checkout -- a.py", False, True),
        ("cat a.py && python a.py", False, False),
        ("", False, False),
    ],
)
def test_looking_and_throwing_away_are_told_from_working(command: str, looks: bool, discards: bool) -> None:
    """A line that does anything else is no look."""
    line = read_command(command)

    assert (line.looks, line.discards) == (looks, discards)
