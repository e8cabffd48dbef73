"""Everything that is measured, as parts that can run side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from benchmarks.gate_bench.measures.agreement import agreement
from benchmarks.gate_bench.measures.bias import bias
from benchmarks.gate_bench.measures.breakage import breakage
from benchmarks.gate_bench.measures.coverage import coverage
from benchmarks.gate_bench.measures.drift import drift
from benchmarks.gate_bench.measures.false_promotions import false_promotions
from benchmarks.gate_bench.measures.group_pairs import GROUP_POINTS, LARGE, groups_and_power
from benchmarks.gate_bench.measures.long_run import long_run
from benchmarks.gate_bench.measures.pairs import curve, pairs_and_power, points
from benchmarks.gate_bench.measures.rivals import rival_rates
from benchmarks.gate_bench.measures.safety import safety
from benchmarks.gate_bench.measures.veto import veto
from benchmarks.gate_bench.rivals.every import RIVALS
from benchmarks.gate_bench.scenarios.every import SCENARIOS
from benchmarks.gate_bench.size import Size

Measure = Callable[[Size], dict[str, Any]]
OnPart = Callable[["Part"], None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of work: its place in the document, a section and a name, and what finds its figures."""

    section: str
    name: str
    measure: Measure


def parts() -> tuple[Part, ...]:
    """All of them, those that take long first."""
    return (
        *(_part("safety", "", safety), _part("veto", "", veto)),
        *(
            _part("suite", point.name, partial(pairs_and_power, point))
            for k in (20, 1)
            for point in points(k)
        ),
        *(_part("false_promotions", one.name, partial(false_promotions, one)) for one in SCENARIOS),
        *(_part("groups", point.name, partial(groups_and_power, point)) for point in (*GROUP_POINTS, LARGE)),
        *(_part("rivals", rival.name, partial(rival_rates, rival)) for rival in RIVALS),
        _part("coverage", "", coverage),
        _part("breakage", "", breakage),
        _part("drift", "", drift),
        _part("long_run", "", long_run),
        _part("curve", "", curve),
        _part("bias", "", bias),
        _part("agreement", "", agreement),
    )


def measure_all(size: Size, *, processes: int, on_part: OnPart) -> dict[str, Any]:
    """Figures by section, and by name where a section has several; the same whatever the number of processes.

    ``on_part`` hears of every part that is done. A part that fails ends all of it.
    """
    wanted = parts()
    done: dict[tuple[str, str], dict[str, Any]] = {}
    for part, figures in _finished(wanted, size, processes):
        done[part.section, part.name] = figures
        on_part(part)
    return _by_section(wanted, done)


def _part(section: str, name: str, measure: Measure) -> Part:
    return Part(section=section, name=name, measure=measure)


def _finished(wanted: Sequence[Part], size: Size, processes: int) -> Iterator[tuple[Part, dict[str, Any]]]:
    if processes == 1:
        yield from ((part, part.measure(size)) for part in wanted)
        return
    # A fresh interpreter each: nothing of the caller's threads is copied.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(part.measure, size): part for part in wanted}
        for future in as_completed(running):
            yield running[future], future.result()


def _by_section(wanted: Sequence[Part], done: Mapping[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    sections: dict[str, Any] = {}
    for part in wanted:
        figures = done[part.section, part.name]
        if part.name:
            sections.setdefault(part.section, {})[part.name] = figures
        else:
            sections[part.section] = figures
    return sections
