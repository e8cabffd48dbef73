"""What a ``[[middleware]]`` entry may name, and which parameters the named class takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from harness.edits import Tree
from harness.errors import ManifestError
from harness.live_constructor import construction_problem, live_parameters
from harness.manifest import MiddlewareEntry, ParameterValue
from harness.parameter_spec import ParameterSpec
from harness.source_constructor import source_parameters
from harness.strict_toml import choices
from harness.tree_paths import path_problem

__all__ = [
    "RUNTIME_ARGUMENTS", "ParameterSpec", "Spec", "entry_problem", "is_own_code", "langchain_names", "parameters_of",
    "resolve", "stock_names",
]  # fmt: skip

RUNTIME_ARGUMENTS = frozenset(
    {"clock", "run_command", "read_file", "write_file"}
)  # the runtime supplies them by name
_STOCK = MappingProxyType({
    "ArgumentCheck": "middleware.argument_check",
    "LocalContext": "middleware.local_context",
    "LoopDetection": "middleware.loop_detection",
    "PreCompletionChecklist": "middleware.pre_completion_checklist",
    "ReasoningBudget": "middleware.reasoning_budget",
    "TimeBudget": "middleware.time_budget",
    "ToolOutputTruncation": "middleware.tool_output_truncation",
})  # fmt: skip
# Of LangChain's own, those that bring no second model and reach for no shell or file system.
_LANGCHAIN = (
    "ContextEditingMiddleware", "ModelCallLimitMiddleware", "ModelRetryMiddleware", "PIIMiddleware",
    "TodoListMiddleware", "ToolCallLimitMiddleware", "ToolRetryMiddleware",
)  # fmt: skip
_LANGCHAIN_MODULE = "langchain.agents.middleware"


@dataclass(frozen=True, kw_only=True)
class Spec:
    """Where the class of a ``use`` is found: ``module`` is a dotted path, ``path`` a file of the harness."""

    use: str
    origin: Literal["stock", "langchain", "own"]
    class_name: str
    module: str | None = None
    path: str | None = None


def stock_names() -> tuple[str, ...]:
    """The valid ``NAME`` of ``stock:NAME``."""
    return tuple(_STOCK)


def langchain_names() -> tuple[str, ...]:
    """The valid ``NAME`` of ``langchain:NAME``."""
    return _LANGCHAIN


def is_own_code(use: str) -> bool:
    """Whether ``use`` names code that the harness brings itself (``./file.py:Class``)."""
    return use.startswith("./")


def resolve(use: str) -> Spec:
    """Where the class is found; raises ``ManifestError`` with the valid choices. Imports nothing."""
    if is_own_code(use):
        return _own(use)
    origin, _, name = use.partition(":")
    if origin == "stock" and name in _STOCK:
        return Spec(use=use, origin="stock", class_name=name, module=_STOCK[name])
    if origin == "langchain" and name in _LANGCHAIN:
        return Spec(use=use, origin="langchain", class_name=name, module=_LANGCHAIN_MODULE)
    valid = [f"stock:{name}" for name in _STOCK] + [f"langchain:{name}" for name in _LANGCHAIN]
    raise ManifestError(f"unknown middleware {use!r}; {choices(use, [*valid, './FILE.py:CLASS'])}")


def parameters_of(use: str, tree: Tree) -> Mapping[str, ParameterSpec]:
    """The constructor's parameters that the runtime does not supply, by name.

    Stock and LangChain classes are imported; a harness' own file is only parsed, since a model may
    have written it. Raises ``ManifestError`` if there is no such file or class.
    """
    spec = resolve(use)
    if spec.path is None:
        assert spec.module is not None
        found = live_parameters(spec.module, spec.class_name)
    else:
        found = source_parameters(tree, spec.path, spec.class_name)
    return {spec.name: spec for spec in found if spec.name not in RUNTIME_ARGUMENTS}


def entry_problem(entry: MiddlewareEntry, tree: Tree) -> tuple[str | None, str] | None:
    """What is wrong with an entry, as (the parameter or ``None`` for the entry itself, message)."""
    known = parameters_of(entry.use, tree)
    for name, value in entry.parameters.items():
        if problem := _parameter_problem(entry.use, known, name, value):
            return name, problem
    problem = _missing(entry, known) or _refused(entry)
    return (None, problem) if problem else None


def _parameter_problem(
    use: str, known: Mapping[str, ParameterSpec], name: str, value: ParameterValue
) -> str | None:
    if name in RUNTIME_ARGUMENTS:
        return f"{name!r} is supplied by the runtime and cannot be set"
    if name not in known:
        settable = [other for other, spec in known.items() if spec.accepts is not None]
        return f"{use} takes no parameter {name!r}; {choices(name, settable)}"
    problem = known[name].problem(value)
    return f"{use}: {name} {problem}" if problem else None


def _missing(entry: MiddlewareEntry, known: Mapping[str, ParameterSpec]) -> str | None:
    for name, spec in known.items():
        # The runtime falls back to limits.wall_seconds.
        if spec.required and name not in entry.parameters and name != "budget_seconds":
            return f"{entry.use} needs the parameter {name!r}"
    return None


def _refused(entry: MiddlewareEntry) -> str | None:
    """What a class that this process may import says against its parameters' values."""
    spec = resolve(entry.use)
    if spec.module is None:
        return None
    problem = construction_problem(spec.module, spec.class_name, entry.parameters)
    return f"{entry.use}: {problem}" if problem else None


def _own(use: str) -> Spec:
    path, _, name = use.removeprefix("./").partition(":")
    if not path.endswith(".py") or path_problem(path) or not name.isidentifier():
        raise ManifestError(f"{use!r} must have the form './FILE.py:CLASS', with a file of this harness")
    return Spec(use=use, origin="own", class_name=name, path=path)
