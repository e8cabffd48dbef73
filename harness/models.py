"""Makes the chat model that a harness names: the simulated one, or any that LangChain's ``init_chat_model`` takes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel

from harness.errors import ManifestError

SIMULATED = "simulated:"
_PACKAGES = {
    "anthropic": "langchain-anthropic",
    "openai": "langchain-openai",
    "google_genai": "langchain-google-genai",
}
_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY", "google_genai": "GOOGLE_API_KEY"}


def is_simulated(name: str) -> bool:
    """Whether a model's name is one of ours, which spends virtual time."""
    return name.startswith(SIMULATED)


def create_model(
    name: str, *, seed: int, profile: object | None = None, settings: Mapping[str, Any] | None = None
) -> BaseChatModel:
    """The model; raises ``ManifestError`` that names the extra to install or the key that is missing.

    ``seed`` and ``profile`` go to a simulated model only, ``settings`` to any other. Keys are read from
    this process's environment and never leave it.
    """
    if is_simulated(name):
        from harness.simulated import create_simulated  # noqa: PLC0415 - nobody else pays for loading it

        try:
            return create_simulated(name, seed=seed, profile=profile)  # type: ignore[arg-type]
        except ValueError as error:
            raise ManifestError(f"model.name: {error}") from error
    _require_key(name)
    return _init(name, dict(settings or {}))


def effort_settings(name: str, effort: str | None) -> dict[str, Any]:
    """How a reasoning effort is passed to a model; nothing for a provider that has no such setting."""
    if effort is None:
        return {}
    provider = provider_of(name)
    if provider == "anthropic":
        return {"effort": effort}
    return {"reasoning_effort": effort} if provider in {"simulated", "openai", "scripted"} else {}


def provider_of(name: str) -> str:
    """The provider's part of a model's name, empty if it has none."""
    provider, colon, _ = name.partition(":")
    return provider if colon else ""


def _init(name: str, settings: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - takes a second to load

    try:
        model = init_chat_model(name, **settings)
    except ImportError as error:
        package = _PACKAGES.get(provider_of(name))
        way_out = f"pip install {package}" if package else str(error).splitlines()[0]
        raise ManifestError(f"model {name!r} needs a package that is not installed: {way_out}") from error
    except ValueError as error:
        raise ManifestError(
            f"model {name!r} is not known: write provider:model, such as anthropic:claude-sonnet-4-5, or simulated:coder "
            f"({str(error).splitlines()[0]})"
        ) from error
    assert isinstance(model, BaseChatModel)
    return model


def _require_key(name: str) -> None:
    variable = _KEYS.get(provider_of(name))
    if variable is not None and not os.environ.get(variable):
        raise ManifestError(f"model {name!r} needs its key in the environment variable {variable}")
