"""Whether the change under trial was ever in effect: evidence by kind of surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.gate.block import Block
from benchmarks.gate.paired_runs import PairedRuns, runs_of
from harness.runs import RunResult

Activation = Literal["fired", "never_fired", "not_applicable"]
Kind = Literal["middleware", "removal", "prompt", "tools", "limits", "effort", "configuration", "other"]
SHOWN = 5  # runs named in an objection

_SILENT = "langchain:"  # LangChain's own middleware does not tell when it acts
_SETTINGS: tuple[tuple[str, Kind], ...] = (
    ("prompt", "prompt"),
    ("limits", "limits"),
    ("model.reasoning_effort", "effort"),
    ("effort", "effort"),
    ("tools", "tools"),
    ("home/", "configuration"),
)


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """What is meant to act. ``name`` is the middleware's name for ``middleware`` and ``removal``."""

    kind: Kind
    name: str = ""


def parse_mechanism(text: str) -> Mechanism:
    """Read a proposal's mechanism: ``middleware:stock:LoopDetection``, ``removal:stock:LoopDetection``,
    ``prompt``, ``tools``, ``limits.steps``, ``model.reasoning_effort``; anything else is ``other``.
    """  # noqa: D205 — the forms are the summary
    head, _, use = text.removeprefix("harness.toml:").partition(":")
    if head in {"middleware", "removal"} and use:
        name = use.rpartition(":")[2]
        if use.startswith(_SILENT):
            return Mechanism(kind="other", name=name)
        return Mechanism(kind="removal" if head == "removal" else "middleware", name=name)
    for prefix, kind in _SETTINGS:
        if head.startswith(prefix):
            return Mechanism(kind=kind)
    return Mechanism(kind="other")


def activation(mechanism: Mechanism, pairs: Sequence[PairedRuns]) -> Activation:
    """One answer for the whole experiment; ``not_applicable`` where nothing could have shown it.

    A middleware fired when its event was seen in a candidate run, a removal when it was seen in control runs
    only, and a setting when the value in effect differs within some pair. Of a command agent nobody sees a model call:
    whatever was changed, it was in effect when the configuration that the agent got differs.
    """
    if any(run.configuration_hash for run in runs_of(pairs, "candidate")):
        return _setting(_configuration, pairs)
    if mechanism.kind in {"other", "configuration"} or not pairs:
        return "not_applicable"
    if mechanism.kind == "middleware":
        return _answer(any(_acted(run, mechanism.name) for run in runs_of(pairs, "candidate")))
    if mechanism.kind == "removal":
        before = any(_acted(run, mechanism.name) for run in runs_of(pairs, "control"))
        after = any(_acted(run, mechanism.name) for run in runs_of(pairs, "candidate"))
        return _answer(before and not after)
    return _setting(_IN_EFFECT[mechanism.kind], pairs)


def activation_guard(mechanism: Mechanism, pairs: Sequence[PairedRuns]) -> Block | None:
    """Block a promotion whose mechanism never fired: the gain then has another cause."""
    if activation(mechanism, pairs) != "never_fired":
        return None
    runs = tuple(run.run_id for run in runs_of(pairs, "candidate"))
    what = f"middleware {mechanism.name}" if mechanism.name else _changed(mechanism.kind)
    how = "was still active" if mechanism.kind == "removal" else "was never in effect"
    return Block(
        guard="activation",
        reason=f"{what} {how} in any of {len(runs)} candidate runs, so the difference is not its doing",
        runs=runs[:SHOWN],
    )


def _changed(kind: Kind) -> str:
    return "the change" if kind == "other" else f"the changed {kind}"


def _answer(fired: bool) -> Activation:
    return "fired" if fired else "never_fired"


def _acted(run: RunResult, name: str) -> bool:
    """Whether a middleware claimed to act; a second entry of one class is called ``Name#2`` or alike."""
    return any(
        count > 0 and (claimed == name or (claimed.startswith(name) and not claimed[len(name)].isalnum()))
        for claimed, count in run.activated.items()
    )


def _setting(in_effect: Callable[[RunResult], frozenset[str]], pairs: Sequence[PairedRuns]) -> Activation:
    seen = [(in_effect(pair.control), in_effect(pair.candidate)) for pair in pairs]
    seen = [(control, candidate) for control, candidate in seen if control and candidate]
    if not seen:
        return "not_applicable"
    return _answer(any(candidate - control for control, candidate in seen))


def _configuration(run: RunResult) -> frozenset[str]:
    return frozenset({run.configuration_hash}) - {""}


def _limits(run: RunResult) -> frozenset[str]:
    return frozenset({run.limits_hash}) - {""}


_IN_EFFECT: dict[Kind, Callable[[RunResult], frozenset[str]]] = {
    "prompt": lambda run: run.prompt_hashes,
    "tools": lambda run: run.tools_hashes,
    "effort": lambda run: run.efforts,
    "limits": _limits,
}
