"""Builds the middleware of a harness: its classes by dotted path or by file, its parameters, distinct names."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from langchain.agents.middleware import AgentMiddleware

Entry = Mapping[str, Any]  # module or path, class, parameters, as the supervisor resolved them


class MiddlewareLoadError(Exception):
    """A middleware could not be made; the message names its entry and the cause."""

    def __init__(self, entry: Entry, cause: BaseException) -> None:
        super().__init__(f"{entry['use']}: {type(cause).__name__}: {cause}")


def build_middleware(
    entries: Sequence[Entry], *, folder: Path, tree: str, supplied: Mapping[str, Any]
) -> list[AgentMiddleware[Any, Any]]:
    """One instance per entry, in order; raises ``MiddlewareLoadError``.

    ``folder`` holds the harness's files, ``tree`` is their tree hash; ``supplied`` are arguments that a
    constructor gets if it has a parameter of that name which the entry does not set.
    """
    used: Counter[str] = Counter()
    built = []
    for entry in entries:
        try:
            kind = _class_of(entry, folder, tree)
            used[kind.__name__] += 1
            built.append(_distinct(kind, used[kind.__name__])(**_arguments(kind, entry, supplied)))
        except Exception as error:  # whatever a harness's own code raises, it ends the run
            raise MiddlewareLoadError(entry, error) from error
    return built


def _class_of(entry: Entry, folder: Path, tree: str) -> type[AgentMiddleware[Any, Any]]:
    module = (
        _load(folder / entry["path"], tree) if entry["path"] else importlib.import_module(entry["module"])
    )
    kind = getattr(module, entry["class"])
    if not (isinstance(kind, type) and issubclass(kind, AgentMiddleware)):
        raise TypeError(f"{entry['class']} is no AgentMiddleware")
    return kind


def _load(path: Path, tree: str) -> Any:
    """Load a file under a name made of the tree's hash; ``sys.path`` plays no part."""
    name = f"harness_{tree}_{path.stem}_{abs(hash(str(path))):x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # type hints of state schemas are looked up there
    spec.loader.exec_module(module)
    return module


def _arguments(kind: type, entry: Entry, supplied: Mapping[str, Any]) -> dict[str, Any]:
    parameters = inspect.signature(kind).parameters
    given = {
        name: _fitting(value, parameters[name].annotation) if name in parameters else value
        for name, value in entry["parameters"].items()
    }
    return {**{name: value for name, value in supplied.items() if name in parameters}, **given}


def _fitting(value: Any, annotation: Any) -> Any:
    """A list as a tuple where the parameter is annotated as one."""
    return tuple(value) if isinstance(value, list) and "tuple" in str(annotation).lower() else value


def _distinct(kind: type[AgentMiddleware[Any, Any]], count: int) -> type[AgentMiddleware[Any, Any]]:
    """The class itself at first, then subclasses whose instances have other names: LangChain wants them distinct."""
    if count == 1:
        return kind

    class Another(kind):  # type: ignore[valid-type, misc]
        @property
        def name(self) -> str:
            return f"{super().name}-{count}"

    Another.__name__ = Another.__qualname__ = kind.__name__
    Another.__module__ = kind.__module__
    return Another
