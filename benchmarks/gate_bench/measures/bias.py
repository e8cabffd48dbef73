"""How much too large the effect looks when an experiment stops."""

from __future__ import annotations

from typing import Any

from benchmarks.gate.replay import replay
from benchmarks.gate_bench.campaigns import REACHED
from benchmarks.gate_bench.draws import trinomial
from benchmarks.gate_bench.planned import SUITE, Planned
from benchmarks.gate_bench.size import Size, generator_for

BUDGETS = {"planned budget": SUITE.bets, "a third of it": SUITE.bets // 3}


def bias(size: Size) -> dict[str, Any]:
    """The mean effect at the stop of promoted candidates that truly gain ten points, by budget."""
    found = {}
    for name, bets in BUDGETS.items():
        planned = Planned(effect=SUITE.effect, discordance=SUITE.discordance, bets=bets)
        generator = generator_for("bias", name)
        drawn = trinomial(
            generator, (size.experiments // 2, bets), effect=planned.effect, discordance=planned.discordance
        )
        endings = replay(planned.start(), drawn)
        promoted = endings.stop == REACHED
        found[name] = {
            "promoted": float(promoted.mean()),
            "effect_at_stop": float(endings.effect[promoted].mean()) if promoted.any() else None,
        }
    return {"true_effect": SUITE.effect, "by_budget": found}
