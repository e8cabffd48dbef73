"""All scenarios in which nothing useless may be promoted."""

from __future__ import annotations

from benchmarks.gate_bench.campaigns import Scenario
from benchmarks.gate_bench.scenarios.alike import Alike
from benchmarks.gate_bench.scenarios.alike_groups import AlikeGroups
from benchmarks.gate_bench.scenarios.among_others import AmongOthers
from benchmarks.gate_bench.scenarios.chosen import Chosen
from benchmarks.gate_bench.scenarios.correlated import CorrelatedGroups, CorrelatedSuite
from benchmarks.gate_bench.scenarios.opposed import Opposed
from benchmarks.gate_bench.scenarios.shared_control import SharedControl

SCENARIOS: tuple[Scenario, ...] = (
    Alike(name="a_a", discordance=0.2),
    Alike(name="quiet", discordance=0.02),
    Opposed(),
    SharedControl(),
    Chosen(),
    CorrelatedSuite(),
    CorrelatedGroups(),
    AlikeGroups(),
    AmongOthers(),
)
