"""Which chat model a name means, and what is said when it cannot be had."""

from __future__ import annotations

import pytest

from harness.errors import ManifestError
from harness.models import create_model, effort_settings, is_simulated


def test_our_own_names_come_first() -> None:
    """``init_chat_model`` knows nothing of them."""
    model = create_model("simulated:coder", seed=3)

    assert type(model).__name__ == "SimulatedCoder"
    assert is_simulated("simulated:coder")
    assert not is_simulated("anthropic:simulated")


def test_an_unknown_simulated_model_lists_the_choices() -> None:
    """The error is the manifest's."""
    with pytest.raises(ManifestError, match="simulated:coder"):
        create_model("simulated:nobody", seed=1)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is loaded or sent."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)

    with pytest.raises(ManifestError, match="ANTHROPIC_API_KEY"):
        create_model("anthropic:claude", seed=1)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is a command to type."""
    pytest.importorskip("langchain")
    monkeypatch.setenv("GOOGLE_API_KEY", "x")

    with pytest.raises(ManifestError, match="pip install langchain-google-genai"):
        create_model("google_genai:gemini", seed=1)


def test_a_name_that_means_nothing_is_refused() -> None:
    """In one line."""
    with pytest.raises(ManifestError) as refused:
        create_model("nothing-such", seed=1)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("simulated:coder", {"reasoning_effort": "low"}),
        ("openai:gpt", {"reasoning_effort": "low"}),
        ("anthropic:claude", {"effort": "low"}),
        ("ollama:llama", {}),
    ],
)
def test_effort_is_passed_in_the_provider_s_words(name: str, settings: dict[str, str]) -> None:
    """And not at all where there is no such setting."""
    assert effort_settings(name, "low") == settings
    assert effort_settings(name, None) == {}
