"""Parse ``harness.toml`` strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from harness.edits import Tree
from harness.errors import ManifestError
from harness.manifest import EFFORTS, TOOL_NAMES, Limits, Manifest, MiddlewareEntry, ParameterValue
from harness.middleware_registry import entry_problem
from harness.prompt_rendering import render_prompt
from harness.strict_toml import KeyPath, Table, TomlFile, choices, listed, read_toml
from harness.surface_entries import entry_problem as surface_problem
from harness.tree_paths import MANIFEST_PATH

MAX_STEPS = 1000
MAX_WALL_SECONDS = 86_400.0


class _Harness(Table):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$")]
    agent: Literal["builtin", "command"] = "builtin"
    argv: list[str] = Field(default_factory=list)


class _Model(Table):
    name: Annotated[str, Field(min_length=1)]
    reasoning_effort: str | None = None


class _Prompts(Table):
    system: str


class _Tools(Table):
    enabled: list[str] = Field(default_factory=lambda: list(TOOL_NAMES))
    descriptions: dict[str, str] = Field(default_factory=dict)


class _Middleware(Table):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    use: str


class _Limits(Table):
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] = Limits().steps
    wall_seconds: Annotated[float, Field(gt=0, le=MAX_WALL_SECONDS, allow_inf_nan=False)] = (
        Limits().wall_seconds
    )


class _Surfaces(Table):
    edit: list[str] = Field(default_factory=list)


class _File(Table):
    harness: _Harness
    model: _Model | None = None
    prompts: _Prompts | None = None
    tools: _Tools = _Tools()
    middleware: list[_Middleware] = Field(default_factory=list)
    limits: _Limits = _Limits()
    surfaces: _Surfaces = _Surfaces()


def parse_manifest(tree: Tree) -> Manifest:
    """What ``harness.toml`` of ``tree`` says, with its system prompt rendered.

    Raises ``ManifestError``, one line that names file, line and the valid choices, for unknown keys
    and tables, wrong types, missing files, unknown tools, efforts and middleware, and for parameters
    that a middleware does not take. A command agent needs neither ``[model]`` nor ``[prompts]``.
    """
    toml = read_toml(tree, MANIFEST_PATH)
    file = toml.check(_File)
    _check_agent(toml, file)
    _check_names(toml, file)
    prompt_path = file.prompts.system if file.prompts else ""
    return Manifest(
        name=file.harness.name,
        agent=file.harness.agent,
        argv=tuple(file.harness.argv),
        model=file.model.name if file.model else "",
        reasoning_effort=file.model.reasoning_effort if file.model else None,
        system_prompt_path=prompt_path,
        system_prompt=_system_prompt(toml, tree, file) if prompt_path else "",
        tools=tuple(file.tools.enabled),
        tool_descriptions=dict(file.tools.descriptions),
        middleware=_middleware(toml, tree, file),
        limits=Limits(steps=file.limits.steps, wall_seconds=float(file.limits.wall_seconds)),
        surfaces=tuple(file.surfaces.edit),
    )


def _check_agent(toml: TomlFile, file: _File) -> None:
    if file.harness.agent == "command":
        if not file.harness.argv:
            raise toml.problem(
                ("harness", "agent"), 'agent = "command" needs argv = ["PROGRAM", "ARGUMENT", …]'
            )
        return
    if file.harness.argv:
        raise toml.problem(("harness", "argv"), 'argv is for agent = "command" only')
    for table in ("model", "prompts"):
        if getattr(file, table) is None:
            raise toml.problem((table,), f'agent = "builtin" needs the table [{table}]')


def _check_names(toml: TomlFile, file: _File) -> None:
    """Check names whose valid choices a type error would not list."""
    effort = file.model.reasoning_effort if file.model else None
    if effort is not None and effort not in EFFORTS:
        message = f"unknown reasoning_effort {effort!r}; {choices(effort, EFFORTS)}"
        raise toml.problem(("model", "reasoning_effort"), message)
    for name in file.tools.enabled:
        _check_tool(toml, ("tools", "enabled"), name)
    if len(set(file.tools.enabled)) < len(file.tools.enabled):
        raise toml.problem(("tools", "enabled"), "a tool is enabled twice")
    for name in file.tools.descriptions:
        _check_tool(toml, ("tools", "descriptions", name), name)
    for entry in file.surfaces.edit:
        if problem := surface_problem(entry):
            raise toml.problem(("surfaces", "edit"), problem)


def _check_tool(toml: TomlFile, key: KeyPath, name: str) -> None:
    if name not in TOOL_NAMES:
        raise toml.problem(key, f"unknown tool {name!r}; {choices(name, TOOL_NAMES)}")


def _system_prompt(toml: TomlFile, tree: Tree, file: _File) -> str:
    assert file.prompts is not None
    path = file.prompts.system
    if path not in tree:
        raise toml.problem(
            ("prompts", "system"), f"no file {path!r} in the harness; files: {listed(sorted(tree))}"
        )
    return render_prompt(path, tree[path], harness=file.harness.name, tools=file.tools.enabled)


def _middleware(toml: TomlFile, tree: Tree, file: _File) -> tuple[MiddlewareEntry, ...]:
    return tuple(_entry(toml, tree, index, table) for index, table in enumerate(file.middleware))


def _entry(toml: TomlFile, tree: Tree, index: int, table: _Middleware) -> MiddlewareEntry:
    key: KeyPath = ("middleware", index)
    given: Mapping[str, Any] = table.model_extra or {}
    parameters = {name: _value(toml, (*key, name), value) for name, value in given.items()}
    entry = MiddlewareEntry(use=table.use, parameters=parameters)
    try:
        problem = entry_problem(entry, tree)
    except ManifestError as error:
        raise toml.problem((*key, "use"), str(error)) from None
    if problem:
        raise toml.problem((*key, problem[0] or "use"), problem[1])
    return entry


def _value(toml: TomlFile, key: KeyPath, value: Any) -> ParameterValue:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
        if all(isinstance(item, int | float) and not isinstance(item, bool) for item in value):
            return tuple(value)
    message = f"{key[-1]} must be a string, boolean, number, or a list of strings or of numbers"
    raise toml.problem(key, message)
