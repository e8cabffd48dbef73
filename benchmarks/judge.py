"""The program that runs checks inside a sandbox: standard library only, sent to a bare interpreter as text.

Three processes keep a program under test away from what judges it. The *judge* (this process) reads the
nonce and the checks from its standard input, after it has started the *starter*; the starter knows
neither and starts a fresh *worker* whenever the judge asks; only workers load program code. Values cross
as tagged JSON, never as pickles, so that an answer cannot bring its own ``__eq__``. A program that ends
early, prints a verdict or floods its output reaches nothing: workers have no standard streams, and the
verdict is only believed behind the nonce.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from importlib.machinery import SourceFileLoader
from types import ModuleType

TYPE_CHECKING = False  # importing typing, pathlib or importlib.util would double the time to a verdict
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

MAX_ANSWER = 8 << 20  # bytes
MAX_MEMORY = 256 << 20  # bytes of address space of a worker
PR_SET_DUMPABLE = 4


class ProgramError(Exception):
    """The program under test did not answer; ``cause`` is a machine-readable word."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class UnloadableError(Exception):
    """A program file is no Python."""


class Opaque:
    """Stands for an answer that is no plain value; equal to nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return False


def encode(value: Any) -> Any:
    """Turn plain values into tagged JSON; anything else becomes opaque. No method of the value is called."""
    if value is None or isinstance(value, bool):
        return value
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    return {"opaque": None}


def _items(kind: Any) -> Callable[[Any], Any]:
    return lambda value: {kind.__name__: [encode(item) for item in kind.__iter__(value)]}


WRITERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, lambda value: {"int": int.__repr__(value)}),
    (float, lambda value: {"float": float.__repr__(value)}),
    *((kind, _items(kind)) for kind in (list, tuple, set, frozenset)),
    (dict, lambda value: {"dict": [[encode(key), encode(item)] for key, item in dict.items(value)]}),
    (bytes, lambda value: {"bytes": bytes.hex(value)}),
)


def decode(value: Any) -> Any:
    """The inverse of ``encode``."""
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in {"int", "float"}:
        return int(content) if kind == "int" else float(content)
    if kind == "dict":
        return {decode(key): decode(item) for key, item in content}
    if kind == "bytes":
        return bytes.fromhex(content)
    if kind == "opaque":
        return Opaque()
    return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](map(decode, content))


# The worker: loads program code, answers calls.


def load(path: str) -> Any:
    """Import a program file by its path; the workspace comes last on ``sys.path``, so it shadows nothing."""
    try:
        if "/" in path:
            return importlib.import_module(path.removesuffix(".py").replace("/", "."))
        return load_file(path)
    except SyntaxError as error:
        raise UnloadableError(path) from error


def load_file(path: str) -> Any:
    """Import a file of the workspace's own folder, whatever else has its name."""
    name = path.removesuffix(".py")
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    SourceFileLoader(name, path).exec_module(module)
    return module


def answer(request: Mapping[str, Any], loaded: dict[str, Any]) -> Any:
    """Carry out one request: a function of a file, or a probe's source with the arguments."""
    path, name = request["path"], request["name"]
    if path is None:
        namespace: dict[str, Any] = {"load": load}
        exec(request["source"], namespace)  # noqa: S102 -- a probe comes from the checks
        function = namespace[name]
    else:
        if path not in loaded:
            loaded[path] = load(path)
        function = getattr(loaded[path], name)
    return function(*decode(request["args"]), **decode(request["kwargs"]))


def cause_of(error: BaseException) -> str:
    """Name an error of the program by a built-in class, so that a program cannot choose the words."""
    if isinstance(error, UnloadableError):
        return "syntax_error"
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return "program_ended"
    if isinstance(error, MemoryError):
        return "memory"
    for kind in type(error).__mro__:
        if getattr(builtins, kind.__name__, None) is kind:
            return f"exception:{kind.__name__}"
    return "exception:Exception"


def worker(requests: int, answers: int, cpu_seconds: int) -> NoReturn:
    """Answer requests until told to end."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    sys.path.append(os.getcwd())  # noqa: PTH109 -- see TYPE_CHECKING
    loaded: dict[str, Any] = {}
    while (request := read_frame(requests)) and request["op"] == "call":
        try:
            reply: dict[str, Any] = {"value": encode(answer(request, loaded))}
        except BaseException as error:  # noqa: BLE001 -- whatever ends a call is that call's result
            reply = {"cause": cause_of(error)}
        write_frame(answers, reply)
    os._exit(0)


# The starter: forks workers, knows no secret.


def starter(requests: int, answers: int) -> NoReturn:
    """Start a worker for each ``begin`` and tell when it has ended."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    inherited = 3
    for kept in sorted((requests, answers)):  # whatever else the sandbox left open is not the program's
        os.closerange(inherited, kept)
        inherited = kept + 1
    os.closerange(inherited, 1 << 10)
    while (request := read_frame(requests)) is not None:
        if request["op"] == "begin":
            process = os.fork()
            if process == 0:
                worker(requests, answers, request["cpu_seconds"])
            write_frame(answers, {"process": process})
            write_frame(answers, {"ended": os.waitpid(process, 0)[1]})
    os._exit(0)


def write_frame(descriptor: int, value: Any) -> None:
    """Write one length-prefixed JSON value."""
    content = json.dumps(value).encode()
    content = len(content).to_bytes(4, "big") + content
    while content:
        content = content[os.write(descriptor, content) :]


def read_frame(descriptor: int, deadline: float | None = None) -> Any:
    """Read one value; ``None`` at the end of the stream; raises ``ProgramError`` past the deadline."""
    head = read_exactly(descriptor, 4, deadline)
    if head is None:
        return None
    length = int.from_bytes(head, "big")
    if length > MAX_ANSWER:
        raise ProgramError("answer_too_long")
    content = read_exactly(descriptor, length, deadline)
    return None if content is None else json.loads(content)


def read_exactly(descriptor: int, length: int, deadline: float | None) -> bytes | None:
    """Read ``length`` bytes, or ``None`` at the end of the stream."""
    content = b""
    while len(content) < length:
        if deadline is not None:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], left)[0]:
                raise ProgramError("timeout")
        part = os.read(descriptor, min(length - len(content), 1 << 16))
        if not part:
            return None
        content += part
    return content


# The judge: holds nonce and checks.


class Program:
    """What checks see of the workspace: calls into fresh workers, and its commands."""

    def __init__(self, requests: int, answers: int, *, cpu_seconds: int, deadline: float) -> None:
        self._requests, self._answers = requests, answers
        self._cpu_seconds, self._deadline = cpu_seconds, deadline
        self._process: int | None = None

    def function(self, path: str, name: str) -> Callable[..., Any]:
        """A function of a program file; all its calls go to the check's one worker."""
        return lambda *args, **kwargs: self._call(path, name, "", args, kwargs)

    def call(self, path: str, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call one function; raises ``ProgramError``."""
        return self._call(path, name, "", args, kwargs)

    def probe(self, source: str, *args: Any) -> Any:
        """Run ``probe(*args)`` of a source text beside the program, where ``load(path)`` imports its files."""
        return self._call(None, "probe", source, args, {})

    def run(
        self, *argv: str, stdin: str = "", files: Mapping[str, str] | None = None, keep: tuple[str, ...] = ()
    ) -> tuple[int, str, str, dict[str, str]]:
        """Run ``python3 argv`` in a fresh copy of the workspace with ``files`` added.

        Gives exit code, standard output, standard error and the text of the files named in ``keep`` that
        exist afterwards.
        """
        import shutil  # noqa: PLC0415 -- not every verdict needs what takes long to import
        import tempfile  # noqa: PLC0415
        from pathlib import Path  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "workspace")
            shutil.copytree(Path.cwd(), place)
            for name, content in (files or {}).items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_text(content, encoding="utf-8")
            code, output, errors = self._command(argv, stdin, place)
            kept = {name: (place / name).read_text("utf-8") for name in keep if (place / name).is_file()}
        return code, output, errors, kept

    def _command(
        self, argv: tuple[str, ...], stdin: str, place: str | os.PathLike[str]
    ) -> tuple[int, str, str]:
        import subprocess  # noqa: PLC0415 -- as above

        command = [sys.executable, "-S", "-B", *argv]
        try:
            done = subprocess.run(
                command,
                input=stdin.encode(),
                capture_output=True,
                cwd=place,
                timeout=max(0.1, self._deadline - time.monotonic()),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ProgramError("timeout") from None
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def _call(self, path: str | None, name: str, source: str, args: Any, kwargs: Any) -> Any:
        if path is not None and not os.path.isfile(path):  # noqa: PTH113 -- see TYPE_CHECKING
            raise ProgramError("missing_file")
        self._begin()
        request = {"op": "call", "path": path, "name": name, "source": source}
        write_frame(self._requests, {**request, "args": encode(args), "kwargs": encode(kwargs)})
        reply = read_frame(self._answers, self._deadline) or {"ended": 0}
        if "ended" in reply:
            self._process = None
            raise ProgramError(ending(reply["ended"]))
        if "cause" in reply:
            raise ProgramError(believable(str(reply["cause"])))
        return decode(reply["value"])

    def _begin(self) -> None:
        if self._process is None:
            write_frame(self._requests, {"op": "begin", "cpu_seconds": self._cpu_seconds})
            self._process = int(read_frame(self._answers, self._deadline)["process"])

    def end(self) -> None:
        """End the check's worker, by force if it does not go."""
        if self._process is not None:
            os.kill(self._process, signal.SIGKILL)
            while "ended" not in (read_frame(self._answers) or {"ended": 0}):
                continue
            self._process = None


def believable(cause: str) -> str:
    """A worker's word for its failure, if it is one that ``cause_of`` has; never ``passed``."""
    kind = getattr(builtins, cause.removeprefix("exception:"), None)
    if cause.startswith("exception:") and isinstance(kind, type) and issubclass(kind, BaseException):
        return cause
    return cause if cause in {"syntax_error", "program_ended", "memory"} else "crashed"


def ending(status: int) -> str:
    """Say how a worker ended that should not have."""
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "crashed"
    return "program_ended"


def outcome(check: Callable[[Program], None], program: Program) -> str:
    """Run one check to its cause."""
    try:
        check(program)
    except ProgramError as error:
        return error.cause
    except Exception:  # noqa: BLE001 -- a check that stumbles over an answer has refused it
        return "assertion"
    finally:
        program.end()
    return "passed"


def judge(payload: Mapping[str, Any], program: Program) -> dict[str, Any]:
    """Run all checks, in their order."""
    missing = [path for path in payload["required"] if not os.path.isfile(path)]  # noqa: PTH113
    if missing:
        return {"checks": ["missing_file"]}
    namespace: dict[str, Any] = {"__name__": "checks", "ProgramError": ProgramError}
    exec(compile(payload["checks"], "checks", "exec"), namespace)  # noqa: S102 -- the suite's own text
    checks = [value for name, value in namespace.items() if name.startswith("verify_")]
    return {"checks": [outcome(check, program) for check in checks]}


def hide() -> None:
    """Close this process's memory to others of the same user (prctl(2), ``PR_SET_DUMPABLE``)."""
    import ctypes  # noqa: PLC0415 -- only the judge pays for it

    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """Start the starter, read the payload, print the verdict behind the nonce."""
    request_out, request_in = os.pipe()
    answer_out, answer_in = os.pipe()
    sys.set_int_max_str_digits(0)
    if os.fork() == 0:
        os.close(request_in)
        os.close(answer_out)
        starter(request_out, answer_in)
    hide()
    os.close(request_out)
    os.close(answer_in)
    payload = json.loads(sys.stdin.buffer.read())
    deadline = time.monotonic() + payload["wall_seconds"]
    program = Program(request_in, answer_out, cpu_seconds=payload["cpu_seconds"], deadline=deadline)
    verdict = judge(payload, program)
    sys.stdout.write(f"\n{payload['nonce']} {json.dumps(verdict)}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
