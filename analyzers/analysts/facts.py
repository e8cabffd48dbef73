"""What code knows of a pattern, in our own words and numbers: all that a proposal may rest on."""

from __future__ import annotations

from collections import Counter
from statistics import median

from analyzers.account import account_of
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.patterns.naming import detector_titles, pattern_name

_MOST_RUNS = 50


def facts_of(pattern: Pattern, view: MineView) -> tuple[str, ...]:
    """A sentence each: what was seen how often, how runs ended, how long they were, whether they were tested.

    No word of a trace is among them, nor a name that a trace gives (task, file, tool); a person's label neither.
    Raises ``KeyError`` for a run outside the view.
    """
    accounts = [account_of(view.run(run_id)) for run_id in pattern.run_ids[:_MOST_RUNS]]
    endings = Counter(view.run(run_id).outcome.value for run_id in pattern.run_ids)
    titles = detector_titles()
    companions = [titles[name] for name in pattern.companions if name in titles]
    low, high = pattern.contrast.interval
    seen = len(accounts)
    lines = [
        f"{pattern_name(pattern.signature, titles=titles)}.",
        f"{len(pattern.run_ids)} runs of {len(pattern.tasks)} tasks, {pattern.share:.0%} of all failures.",
        f"More frequent in failures than in passes by {low:.2f} to {high:.2f} (compared by {pattern.contrast.basis}).",
        f"They ended as: {', '.join(f'{ending} {number}' for ending, number in sorted(endings.items()))}.",
        f"Steps of a run: {median(len(a.steps) for a in accounts):.0f} in the median, {max(len(a.steps) for a in accounts)} at most.",
        f"Ran a test: {sum(any(act.is_test for act in a.acts) for a in accounts)} of {seen} runs.",
        f"Changed a file: {sum(a.last_edit is not None for a in accounts)} of {seen} runs.",
        f"Ended of their own accord: {sum(a.final_answer is not None for a in accounts)} of {seen} runs.",
        f"Calls that failed: {sum(act.has_failed for a in accounts for act in a.acts)} of {sum(len(a.acts) for a in accounts)}.",
    ]
    return (*lines, f"Comes along with: {'; '.join(companions)}.") if companions else tuple(lines)
