"""The figures that stand for all others: the worst of each section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.gate_bench.measures.group_pairs import LARGE

_SUITE = ("plan", "twice", "useless", "harmful", "campaign")


def headline(sections: Mapping[str, Any]) -> dict[str, Any]:
    """One number for each question, by the names that the targets use; of several points always the worst."""
    scenarios = sections["false_promotions"].values()
    return {
        "campaigns": min(found["campaigns"] for found in scenarios),
        "false_promotion_rate": max(found["rate"] for found in scenarios),
        "false_promotion_upper95": max(found["upper95"] for found in scenarios),
        **_suite(sections["suite"]),
        **_groups(sections["groups"]),
        **_interval(sections["coverage"]),
        **_guards(sections),
        **_others(sections),
        "rivals_seen": sum(found["is_seen"] for found in sections["rivals"].values()),
        "rivals": {name: found["rate"] for name, found in sections["rivals"].items()},
    }


def _suite(found: Mapping[str, Any]) -> dict[str, float]:
    many = [figures for name, figures in found.items() if name.endswith("K=20")]
    alone = [figures for name, figures in found.items() if name.endswith("K=1")]
    ratios = {
        f"pairs_ratio_{_at(name)}": max(figures[f"pairs_ratio_{name}"] for figures in many) for name in _SUITE
    }
    return {
        "power_at_plan": min(figures["power_at_plan"] for figures in many),
        "power_at_twice": min(figures["power_at_twice"] for figures in many),
        **ratios,
        "k1_power_at_plan": min(figures["power_at_plan"] for figures in alone),
        "k1_pairs_ratio_useless": max(figures["pairs_ratio_useless"] for figures in alone),
    }


def _groups(found: Mapping[str, Any]) -> dict[str, float]:
    inside = [figures for name, figures in found.items() if name != LARGE.name]
    return {
        "groups_power_at_plan": min(figures["power_at_plan"] for figures in inside),
        **{
            f"groups_ratio_{_at(name)}": max(figures[f"ratio_{name}"] for figures in inside)
            for name in _SUITE
        },
        "groups_large_ratio_at_plan": found[LARGE.name]["ratio_plan"],
        "groups_large_ratio_at_twice": found[LARGE.name]["ratio_twice"],
    }


def _interval(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "coverage": min(row["covered"] for row in found["rows"]),
        "coverage_unstopped": min(row["covered_unstopped"] for row in found["rows"]),
        "bound_disagreements": found["bound_disagreements"],
    }


def _guards(sections: Mapping[str, Any]) -> dict[str, float]:
    rows = sections["veto"]["rows"]
    return {
        "veto_blocked_a_a": max(row["blocked"] for row in rows),
        "veto_caught": min(row["caught"] for row in rows),
        "veto_caught_of_listed": min(row["caught_of_listed"] for row in rows),
        "drift_blocked_clean": sections["drift"]["clean"],
        "coverage_guard_blocked_honest": sections["breakage"]["honest_blocked"],
        "promoted_by_breaking": _most(sections["breakage"]["adversaries"], "promoted"),
    }


def _others(sections: Mapping[str, Any]) -> dict[str, Any]:
    safe = sections["safety"]
    return {
        "false_safe": _most(safe["rows"], "false_safe"),
        "false_safe_upper95": _most(safe["rows"], "false_safe_upper95"),
        "ten_steps_beyond_margin": safe["anchored"]["beyond_margin"],
        "ten_steps_worst_fall": safe["anchored"]["worst_fall"],
        "fdr": _most(sections["long_run"].values(), "fdr_at_worst"),
        "effect_at_stop_of_10": sections["bias"]["by_budget"]["planned budget"]["effect_at_stop"],
        "replay_disagreements": sections["agreement"]["disagreements"],
    }


def _most(rows: Iterable[Mapping[str, Any]], name: str) -> float:
    return max(float(row[name]) for row in rows)


def _at(name: str) -> str:
    """As in ``power_at_plan`` and ``pairs_ratio_useless``."""
    return f"at_{name}" if name in {"plan", "twice"} else name
