"""Render a prompt file: a Jinja template that knows the harness and its tools, and can do nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from harness.errors import ManifestError

VARIABLES = ("harness", "tools")
MAX_BYTES = 256 * 1024
_FILTERS = ("join", "length", "lower", "upper")
# A model may have written the prompt: only what ends soon and builds no large value.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.For,
    nodes.If, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip


def render_prompt(path: str, content: bytes, *, harness: str, tools: Sequence[str]) -> str:
    """The text of the prompt file ``path``; ``{{ harness }}`` is the harness' name, ``{{ tools }}`` the tools' names.

    Templates may use ``if``, one level of ``for``, and the filters join, length, lower and upper.
    Raises ``ManifestError`` naming file and line for anything else and for unknown variables.
    """
    if len(content) > MAX_BYTES:
        raise ManifestError(f"{path}: larger than {MAX_BYTES} bytes")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    try:
        source = content.decode()
        for line, message in _problems(environment.parse(source)):
            raise ManifestError(f"{path}:{line}: {message}")
        return environment.from_string(source).render(harness=harness, tools=tuple(tools))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ManifestError(f"{path}:{line}: not UTF-8 text") from None
    except TemplateSyntaxError as error:
        raise ManifestError(f"{path}:{error.lineno}: {' '.join(str(error.message).split())}") from None
    except (TemplateError, TypeError, RecursionError) as error:
        raise ManifestError(f"{path}: cannot be rendered: {' '.join(str(error).split())}") from None


def _problems(template: nodes.Template) -> Iterator[tuple[int, str]]:
    known = set(VARIABLES)
    for loop in template.find_all(nodes.For):
        known.update([loop.target.name] if isinstance(loop.target, nodes.Name) else [])
        if loop.find(nodes.For):
            yield loop.lineno, "a loop within a loop is not allowed in a prompt"
    for node in template.find_all(nodes.Node):
        yield from _node_problems(node, known)


def _node_problems(node: nodes.Node, known: set[str]) -> Iterator[tuple[int, str]]:
    if not isinstance(node, _ALLOWED):
        yield (
            node.lineno,
            f"{type(node).__name__.lower()} is not allowed in a prompt; write literal braces as {{{{ '{{{{' }}}}",
        )
    elif isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield node.lineno, f"unknown variable {node.name!r}; valid: {', '.join(VARIABLES)}"
    elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield node.lineno, f"filter {node.name!r} is not allowed; valid: {', '.join(_FILTERS)}"
