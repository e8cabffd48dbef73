"""All rivals, in the order of the table."""

from __future__ import annotations

from benchmarks.gate_bench.rivals.as_they_finish import AsTheyFinish
from benchmarks.gate_bench.rivals.bets_per_task import BetsPerTask
from benchmarks.gate_bench.rivals.fired_pairs import FiredPairs
from benchmarks.gate_bench.rivals.fresh_wealth import FreshWealth
from benchmarks.gate_bench.rivals.greedy import Greedy
from benchmarks.gate_bench.rivals.mcnemar_peeking import McNemarPeeking
from benchmarks.gate_bench.rivals.pairs_for_groups import PairsForGroups
from benchmarks.gate_bench.rivals.rival import Rival
from benchmarks.gate_bench.rivals.standard_errors import StandardErrors
from benchmarks.gate_bench.rivals.stored_control import StoredControl
from benchmarks.gate_bench.rivals.suite_order import SuiteOrder
from benchmarks.gate_bench.rivals.unbudgeted import Unbudgeted
from benchmarks.gate_bench.rivals.without_replacement import WithoutReplacement

RIVALS: tuple[Rival, ...] = (
    Greedy(),
    McNemarPeeking(),
    StandardErrors(),
    SuiteOrder(),
    AsTheyFinish(),
    WithoutReplacement(),
    BetsPerTask(),
    FiredPairs(),
    StoredControl(),
    FreshWealth(),
    PairsForGroups(),
    Unbudgeted(),
)
