"""An analysis for a terminal: a table of patterns, or one pattern in full."""

from __future__ import annotations

from collections.abc import Iterator

from flywheel.analysis.analyzing import Analysis, Explained
from flywheel.analysis.wording import (
    SIGNALS_ONLY,
    apart_words,
    candidate_words,
    contrast_words,
    counted,
    nothing_found,
    weight_words,
)
from traces.terminal import one_line, printable

_BARS = " ▁▂▃▄▅▆▇█"
_TASKS = 8


def analysis_text(analysis: Analysis) -> str:
    """All patterns by falling rank, with what was kept out and what is left over."""
    return printable("\n".join(_lines(analysis)))


def pattern_text(found: Explained) -> str:
    """One pattern with its runs, quotes and remedies."""
    pattern = found.pattern
    lines = [
        f"{pattern.name}  ({pattern.id}, {pattern.status})",
        f"  {counted(len(pattern.run_ids), 'run')} of {counted(len(pattern.tasks), 'task')}, {100 * pattern.share:.0f} % of what was to be explained",
        f"  {contrast_words(pattern.contrast)}",
        *_weight(found),
        *(
            [f"  also shown by {counted(len(pattern.also), 'run')} that another pattern explains better"]
            if pattern.also
            else []
        ),
        *([f"  comes along with: {', '.join(pattern.companions)}"] if pattern.companions else []),
        *([f"  words that set it apart: {', '.join(pattern.terms)}"] if pattern.terms else []),
        *([f"  merged into it: {', '.join(pattern.merged)}"] if pattern.merged else []),
        *(
            f"  round {count.round}: {count.count:,} of {counted(count.runs, 'run')}"
            for count in pattern.history
        ),
        "  typical runs: " + ", ".join(run_id[:12] for run_id in (pattern.medoid, *pattern.typical)),
        *_tasks(found),
        *_quotes(found),
        *_remedies(found),
    ]
    return printable("\n".join(lines))


def _lines(analysis: Analysis) -> Iterator[str]:
    mined = analysis.mined
    yield f"{counted(mined.runs, 'run')}, {mined.passed:,} passed"
    yield from ([SIGNALS_ONLY] if mined.rests_on == "signals" else ())
    yield from (
        f"set apart: {apart_words(reason, count)}" for reason, count in mined.set_apart.items() if count
    )
    looked_at = "run" if mined.rests_on == "signals" else "failure"
    for found in analysis.explained:
        yield from ("", *_short(found, looked_at))
    if not analysis.explained:
        yield nothing_found(mined)
    yield from ("", f"{counted(mined.unexplained, looked_at)} in no pattern")
    yield from (f"  nearly one: {candidate_words(candidate)}" for candidate in mined.candidates)
    for group in mined.alike:
        yield f"  {counted(len(group.run_ids), 'run')} end alike ({', '.join(group.terms)}), such as {group.medoid[:12]}"
    for known in mined.gone:
        yield f"  not seen any more: {known.name}  ({known.id}, {known.status})"


def _short(found: Explained, looked_at: str) -> Iterator[str]:
    pattern = found.pattern
    trend = f"  {_spark(found.trend)}" if len(found.trend) > 1 else ""
    yield f"{pattern.name}  ({pattern.id}, {pattern.status})"
    yield f"  {counted(len(pattern.run_ids), 'run')}, {100 * pattern.share:.0f} % of the {looked_at}s{trend}"
    if looked_at == "failure":
        yield f"  {contrast_words(pattern.contrast)}"
    yield from _weight(found)
    yield from _quotes(found, most=1)
    yield from _remedies(found, most=1)
    yield f"  look at one: flywheel traces show {pattern.medoid[:12]}; at all of it: flywheel patterns show {pattern.id}"


def _weight(found: Explained) -> Iterator[str]:
    words = weight_words(found.weight, found.places)
    yield from [f"  {words}"] if words else []


def _tasks(found: Explained) -> Iterator[str]:
    shown = list(found.tasks.items())[:_TASKS]
    more = f" … and {len(found.tasks) - _TASKS} more" if len(found.tasks) > _TASKS else ""
    if shown:
        yield "  tasks: " + ", ".join(f"{one_line(task, 60)} ({count})" for task, count in shown) + more


def _quotes(found: Explained, *, most: int | None = None) -> Iterator[str]:
    for claim in found.claims[:most]:
        yield f"  {claim.text} (run {claim.run_id[:12]}, span {claim.span_id})"
        yield f"    > {one_line(claim.quote, 140)}"


def _remedies(found: Explained, *, most: int | None = None) -> Iterator[str]:
    for suggestion in found.suggestions[:most]:
        yield f"  may help: {suggestion.title}. {suggestion.hypothesis}"


def _spark(trend: tuple[int, ...]) -> str:
    """Counts as bars, the highest at full height."""
    top = max(trend) or 1
    return "".join(_BARS[(count * (len(_BARS) - 1) + top - 1) // top] for count in trend)
