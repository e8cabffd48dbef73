"""What every sandbox must do: a test file is this class and one fixture."""

from __future__ import annotations

import pytest

from harness.sandbox import Sandbox


class SandboxContract:
    """The tests; a subclass's module defines the fixture ``sandbox``."""

    def test_commands_run_in_the_workspace(self, sandbox: Sandbox) -> None:
        """A command starts among the task's files, and stdout and stderr come back as one text."""
        with sandbox.open({"folder/a.txt": b"hello"}) as session:
            result = session.execute(("bash", "-c", "cat folder/a.txt; echo oops >&2"))

        assert result.output == "hellooops\n"
        assert result.exit_code == 0
        assert not result.timed_out
        assert not result.truncated

    def test_exit_codes_and_signals_are_told(self, sandbox: Sandbox) -> None:
        """A failing command gives its code, one that a signal ended a negative number."""
        with sandbox.open({}) as session:
            codes = [
                session.execute(("bash", "-c", script)).exit_code for script in ("exit 3", "kill -TERM $$")
            ]

        assert codes == [3, -15]

    def test_a_program_that_does_not_exist_is_no_exception(self, sandbox: Sandbox) -> None:
        """A wrong program name is the agent's mistake: it is told so by exit code 127."""
        with sandbox.open({}) as session:
            result = session.execute(("no-such-program",))

        assert result.exit_code == 127
        assert "no-such-program" in result.output

    def test_a_command_that_cannot_be_started_is_none_either(self, sandbox: Sandbox) -> None:
        """Too long a line, a null byte, half a character: exit code 126 and a reason."""
        with sandbox.open({}) as session:
            results = [session.execute(("echo", odd)) for odd in ("x" * 300_000, "a\0b", "\ud800")]

        assert [result.exit_code for result in results] == [126] * 3
        assert all(result.output.startswith("echo: ") for result in results)

    def test_a_command_inherits_nothing_that_is_open(self, sandbox: Sandbox) -> None:
        """No descriptor beyond the standard three: the sandbox's own connection would be one."""
        script = "import os\nfor n in range(3, 64):\n try: os.fstat(n); print(n)\n except OSError: pass"
        with sandbox.open({}) as session:
            result = session.execute(("python3", "-c", script))

        assert result.output == ""

    def test_standard_input_reaches_the_command(self, sandbox: Sandbox) -> None:
        """``stdin`` is all that the command can read, and then it ends."""
        with sandbox.open({}) as session:
            large = session.execute(("wc", "-c"), stdin=b"x" * 300_000)
            empty = session.execute(("wc", "-c"))

        assert large.output.split() == ["300000"]
        assert empty.output.split() == ["0"]

    def test_time_up_kills_the_whole_process_group(self, sandbox: Sandbox) -> None:
        """Children of a command that takes too long end with it."""
        with sandbox.open({}) as session:
            result = session.execute(("bash", "-c", "(sleep 1; touch late) & sleep 30"), timeout=0.3)
            session.execute(("sleep", "1.1"))
            files = session.snapshot()

        assert result.timed_out
        assert files == {}

    def test_output_is_cut(self, sandbox: Sandbox) -> None:
        """A flood of output neither blocks the command nor fills memory."""
        with sandbox.open({}) as session:
            result = session.execute(("bash", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; exit 4"))

        assert result.exit_code == 4
        assert result.truncated
        assert result.output == "x" * (256 * 1024)

    def test_files_are_written_and_read(self, sandbox: Sandbox) -> None:
        """Paths are relative to the workspace or absolute, folders are made, bytes come back exactly."""
        content = bytes(range(256))
        with sandbox.open({}) as session:
            session.write("new/folder/file.bin", content)
            session.write("/workspace/other.txt", b"old and long")
            session.write("/workspace/other.txt", b"new")

            assert session.read("/workspace/new/folder/file.bin") == content
            assert session.read("other.txt") == b"new"

    def test_reading_fails_as_the_operating_system_would(self, sandbox: Sandbox) -> None:
        """A missing file, a folder and a pipe are three different errors, and none blocks."""
        with sandbox.open({"folder/a": b""}) as session:
            session.execute(("mkfifo", "pipe"))

            with pytest.raises(FileNotFoundError):
                session.read("missing")
            with pytest.raises(IsADirectoryError):
                session.read("folder")
            with pytest.raises(OSError, match="not a regular file"):
                session.read("pipe")

    def test_reading_has_a_limit(self, sandbox: Sandbox) -> None:
        """A file over 16 MiB is refused rather than carried."""
        with sandbox.open({}) as session:
            session.execute(("truncate", "-s", "17M", "large"))

            with pytest.raises(OSError, match="larger than"):
                session.read("large")

    def test_a_snapshot_holds_regular_files_only(self, sandbox: Sandbox) -> None:
        """Links are left out, wherever they point; what a command left running cannot change the copy."""
        with sandbox.open({"kept.txt": b"1"}) as session:
            session.execute(
                ("bash", "-c", "ln -s /etc/passwd link; ln -s . loop; mkdir d; echo 2 > d/e; mkfifo p")
            )
            files = session.snapshot()

        assert files == {"kept.txt": b"1", "d/e": b"2\n"}

    def test_a_snapshot_has_a_limit(self, sandbox: Sandbox) -> None:
        """A workspace over 64 MiB is refused."""
        with sandbox.open({}) as session:
            session.execute(("truncate", "-s", "65M", "large"))

            with pytest.raises(OSError, match="larger than"):
                session.snapshot()

    def test_extra_files_lie_outside_of_the_workspace(self, sandbox: Sandbox) -> None:
        """A verifier's files are there for commands, and are no part of the workspace."""
        with sandbox.open(
            {"a.py": b"A = 1"}, extra={"/verifier/check.py": b"import a; print(a.A + 1)"}
        ) as session:
            result = session.execute(("bash", "-c", "PYTHONPATH=. python3 /verifier/check.py"))
            files = session.snapshot()

        assert result.output == "2\n"
        assert set(files) == {"a.py"}

    def test_a_path_that_leaves_the_workspace_is_refused(self, sandbox: Sandbox) -> None:
        """A task's file names are data: none is written elsewhere."""
        for path in ("../escape", "/tmp/escape", "a//b", ""):
            with pytest.raises(OSError, match="not a relative path"), sandbox.open({path: b""}):
                pass

    def test_workspaces_are_apart(self, sandbox: Sandbox) -> None:
        """Two open sandboxes share nothing."""
        with sandbox.open({"a": b"1"}) as first, sandbox.open({}) as second:
            first.write("b", b"2")

            assert first.snapshot() == {"a": b"1", "b": b"2"}
            assert second.snapshot() == {}

    def test_the_interpreter_is_plain(self, sandbox: Sandbox) -> None:
        """``python3`` does not come from our environment, and strings hash the same in every run."""
        with sandbox.open({}) as session:
            program = "import sys; print(sys.prefix == sys.base_prefix, hash('a'))"
            outputs = {session.execute(("python3", "-c", program)).output for _ in range(2)}

        assert len(outputs) == 1
        assert outputs.pop().startswith("True ")

    def test_the_environment_is_an_allow_list(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A key in our environment is in no command's."""
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
        with sandbox.open({}) as session:
            result = session.execute(("env",))

        names = {line.split("=")[0] for line in result.output.splitlines()}
        assert names <= {
            "PATH", "HOME", "USER", "LANG", "TERM", "TZ", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED",
            "PWD", "SHLVL", "_",
        }  # fmt: skip
