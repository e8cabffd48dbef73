"""Tests of parsing ``harness.toml``."""

from __future__ import annotations

import pytest

from harness.edits import Tree
from harness.errors import ManifestError
from harness.manifest import TOOL_NAMES, Limits, Manifest, MiddlewareEntry
from harness.manifest_file import parse_manifest

TOML = """\
[harness]
name = "coder"

[model]
name = "simulated:coder"
reasoning_effort = "high"

[prompts]
system = "prompts/system.md"

[tools]
enabled = ["bash", "read_file"]

[tools.descriptions]
bash = "Runs a command."

[[middleware]]
use = "stock:LoopDetection"
soft_limit = 7
hard_limit = 9

[[middleware]]
use = "./middleware/guard.py:Guard"
words = ["a", "b"]

[limits]
steps = 40
wall_seconds = 600

[surfaces]
edit = ["prompts/**", "harness.toml:limits.steps"]
"""
GUARD = b"class Guard:\n    def __init__(self, words: list[str], strict: bool = False): ...\n"


def tree_of(toml: str, **others: bytes) -> Tree:
    return {
        "harness.toml": toml.encode(),
        "prompts/system.md": b"You are {{ harness }}: {{ tools | join(', ') }}.\n",
        "middleware/guard.py": GUARD,
        **others,
    }


def error_of(old: str, new: str) -> str:
    assert old in TOML
    with pytest.raises(ManifestError) as caught:
        parse_manifest(tree_of(TOML.replace(old, new, 1)))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_everything_that_the_file_says_is_a_value() -> None:
    """Every table arrives, the prompt rendered and the middleware in its order."""
    manifest = parse_manifest(tree_of(TOML))

    assert manifest == Manifest(
        name="coder",
        model="simulated:coder",
        reasoning_effort="high",
        system_prompt_path="prompts/system.md",
        system_prompt="You are coder: bash, read_file.\n",
        tools=("bash", "read_file"),
        tool_descriptions={"bash": "Runs a command."},
        middleware=(
            MiddlewareEntry(use="stock:LoopDetection", parameters={"soft_limit": 7, "hard_limit": 9}),
            MiddlewareEntry(use="./middleware/guard.py:Guard", parameters={"words": ("a", "b")}),
        ),
        limits=Limits(steps=40, wall_seconds=600.0),
        surfaces=("prompts/**", "harness.toml:limits.steps"),
    )


def test_a_short_file_gets_the_defaults() -> None:
    """Only the name, the model and the prompt are needed."""
    short = '[harness]\nname = "h"\n[model]\nname = "m"\n[prompts]\nsystem = "prompts/system.md"\n'
    manifest = parse_manifest(tree_of(short))

    assert manifest.tools == TOOL_NAMES
    assert manifest.limits == Limits()
    assert manifest.reasoning_effort is None
    assert manifest.middleware == manifest.surfaces == manifest.argv == ()


def test_a_command_agent_needs_only_its_argv() -> None:
    """Any agent's command line is a harness without a model or prompt of ours."""
    manifest = parse_manifest(
        {"harness.toml": b'[harness]\nname = "h"\nagent = "command"\nargv = ["agent", "--yes"]\n'}
    )

    assert manifest.agent == "command"
    assert manifest.argv == ("agent", "--yes")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[limits]", "[limit]", "harness.toml:26: unknown key 'limit' in the file; did you mean 'limits'?"),
        ("steps = 40", "step = 40", "harness.toml:27: unknown key 'step' in [limits]; did you mean 'steps'?"),
        ("steps = 40", "steps = 0", "harness.toml:27: limits.steps: "),
        ("steps = 40", "steps = 1.5", "harness.toml:27: limits.steps: "),
        ("= 600", "= inf", "harness.toml:28: limits.wall_seconds: "),
        ("= 600", "= -1", "harness.toml:28: limits.wall_seconds: "),
        ('"high"', '"hihg"', "harness.toml:6: unknown reasoning_effort 'hihg'; did you mean 'high'? valid: low, medium, high"),
        ('"read_file"]', '"raed_file"]', "harness.toml:12: unknown tool 'raed_file'; did you mean 'read_file'?"),
        ('"read_file"]', '"bash"]', "harness.toml:12: a tool is enabled twice"),
        ("bash = ", "bahs = ", "harness.toml:15: unknown tool 'bahs'"),
        ('"prompts/system.md"', '"prompts/sys.md"', "harness.toml:9: no file 'prompts/sys.md' in the harness; files: "),
        ('"prompts/system.md"', '"../system.md"', "harness.toml:9: no file '../system.md'"),
        ("stock:Loop", "stock:Lop", "harness.toml:18: unknown middleware 'stock:LopDetection'; did you mean"),
        ("soft_limit = 7", "soft = 7", "harness.toml:19: stock:LoopDetection takes no parameter 'soft'; "),
        ("soft_limit = 7", 'soft_limit = "7"', "harness.toml:19: stock:LoopDetection: soft_limit must be int"),
        ("soft_limit = 7", "clock = 7", "harness.toml:19: 'clock' is supplied by the runtime"),
        ("soft_limit = 7", "soft_limit = 99", "harness.toml:18: stock:LoopDetection: "),
        ("soft_limit = 7", "soft_limit = {a = 1}", "harness.toml:19: soft_limit must be a string, boolean, number"),
        ("soft_limit = 7", "soft_limit = [1, 'a']", "harness.toml:19: soft_limit must be a string, boolean, number"),
        ("soft_limit = 7", "soft_limit = 2024-01-01", "harness.toml:19: soft_limit must be a string, boolean, number"),
        ("guard.py:Guard", "gard.py:Guard", "harness.toml:23: no file 'middleware/gard.py' in the harness; Python files: middleware/guard.py"),
        ("guard.py:Guard", "guard.py:Gard", "harness.toml:23: middleware/guard.py defines no class 'Gard'; did you mean 'Guard'?"),
        ('words = ["a", "b"]', "", "harness.toml:23: ./middleware/guard.py:Guard needs the parameter 'words'"),
        ('words = ["a", "b"]', "words = [1]", "harness.toml:24: ./middleware/guard.py:Guard: words must be"),
        ('name = "coder"', 'name = "co\\nder"', "harness.toml:2: harness.name: "),
        ('name = "coder"', 'name = "coder"\nagent = "comand"', "harness.toml:3: harness.agent: input should be 'builtin' or 'command'"),
        ('name = "coder"', 'name = "coder"\nagent = "command"', 'harness.toml:3: agent = "command" needs argv'),
        ('name = "coder"', 'name = "coder"\nargv = ["x"]', 'harness.toml:3: argv is for agent = "command" only'),
        ('"prompts/**"', '"**"', "harness.toml:31: surface '**' would open harness.toml"),
        ("[surfaces]", "[surfaces", "harness.toml:30: expected ']'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_the_choices(old: str, new: str, expected: str) -> None:
    """One line for a person: where, what, and what would be valid."""
    assert error_of(old, new).startswith(expected)


def test_a_harness_without_a_model_or_a_file_says_so() -> None:
    """Whole tables and files that are missing are named too."""
    with pytest.raises(ManifestError, match=r'harness.toml:1: agent = "builtin" needs the table \[model\]'):
        parse_manifest({"harness.toml": b'[harness]\nname = "h"\n'})
    with pytest.raises(
        ManifestError, match=r"harness.toml: no such file in the harness; files are README.md"
    ):
        parse_manifest({"README.md": b""})


def test_an_error_in_the_prompt_names_the_prompt() -> None:
    """The line is that of the prompt, not of ``harness.toml``."""
    with pytest.raises(ManifestError, match=r"^prompts/system.md:2: unknown variable 'task'"):
        parse_manifest(tree_of(TOML, **{"prompts/system.md": b"a\n{{ task }}\n"}))
