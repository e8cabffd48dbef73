"""A chat model that plays a coding agent with planted weaknesses, so that the wheel has a bench with known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

    from harness.simulated.profile import Profile


def create_simulated(name: str, *, seed: int, profile: Profile | None = None) -> BaseChatModel:
    """Make a simulated model; ``profile`` replaces the weaknesses that belong to the name.

    The same seed, messages, tools and settings give the same answers in every process. Raises
    ``ValueError``, which lists the choices, for a name that does not exist.
    """
    from harness.simulated.chat_model import SimulatedCoder  # noqa: PLC0415 - LangChain takes a second to load
    from harness.simulated.profile import profiles  # noqa: PLC0415

    known = profiles()
    if name not in known:
        raise ValueError(f"there is no simulated model {name!r}; choose one of {', '.join(known)}")
    return SimulatedCoder(model_name=name, seed=seed, weaknesses=known[name] if profile is None else profile)
