"""Tests of rendering prompts, some of which a model wrote."""

from __future__ import annotations

import pytest

from harness.errors import ManifestError
from harness.prompt_rendering import MAX_BYTES, render_prompt


def render(text: str) -> str:
    return render_prompt("prompts/system.md", text.encode(), harness="coder", tools=("bash", "read_file"))


def error_of(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        render(text)
    return str(caught.value)


def test_plain_text_is_kept_to_the_byte() -> None:
    """A prompt without placeholders is its own rendering, its last line break included."""
    assert render("Héllo\n  {not a placeholder}\n\n") == "Héllo\n  {not a placeholder}\n\n"


def test_a_prompt_knows_the_harness_and_its_tools() -> None:
    """Both variables, joins, loops and conditions work."""
    text = "{{ harness }}: {{ tools | join(', ') }}{% for t in tools %} <{{ t }}>{% endfor %}{% if 'bash' in tools %}!{% endif %}"

    assert render(text) == "coder: bash, read_file <bash> <read_file>!"


def test_literal_braces_can_be_written() -> None:
    """A quoted string in braces yields braces."""
    assert render("{{ '{{x}}' }}") == "{{x}}"


def test_an_unknown_variable_is_named_with_its_line() -> None:
    """The error lists the variables there are."""
    assert (
        error_of("one\n{{ model }}\n")
        == "prompts/system.md:2: unknown variable 'model'; valid: harness, tools"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ harness.upper() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% for a in range(10) %}{% endfor %}",
        "{% for a in tools %}{% for b in tools %}x{% endfor %}{% endfor %}",
        "{% set a = 1 %}",
        "{% include 'harness.toml' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ tools | map('upper') }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ tools[0] }}",
        "{% for a in tools recursive %}{{ loop(tools) }}{% endfor %}",
    ],
)
def test_a_template_can_do_nothing_but_insert(text: str) -> None:
    """Attributes, calls, arithmetic, nested loops, files and other filters are refused before anything runs."""
    assert error_of(text).startswith("prompts/system.md:1: ")


@pytest.mark.parametrize(
    ("text", "line"), [("a\n{{ harness\n", 2), ("{% if tools %}\n", 1), ("\n\n{% nope %}", 3)]
)
def test_broken_templates_are_named_with_their_line(text: str, line: int) -> None:
    """A syntax error is the harness' own fault and shows where."""
    message = error_of(text)

    assert message.startswith(f"prompts/system.md:{line}: ")
    assert "\n" not in message


def test_bytes_that_are_no_text_are_refused() -> None:
    """A prompt must be UTF-8 and of a bounded size."""
    with pytest.raises(ManifestError, match=r"p\.md:2: not UTF-8"):
        render_prompt("p.md", b"a\n\xff", harness="h", tools=())
    with pytest.raises(ManifestError, match="larger than"):
        render_prompt("p.md", b"a" * (MAX_BYTES + 1), harness="h", tools=())
