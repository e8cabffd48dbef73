"""An analysis as JSON."""

from __future__ import annotations

from typing import Any

from analyzers.pattern import Contrast
from flywheel.analysis.analyzing import Analysis, Explained


def analysis_document(analysis: Analysis) -> dict[str, Any]:
    """The patterns with quotes and their places; shares and differences are within 0..1."""
    mined = analysis.mined
    return {
        "runs": mined.runs,
        "passed": mined.passed,
        "rests_on": mined.rests_on,
        "set_apart": dict(mined.set_apart),
        "unexplained": mined.unexplained,
        "periods": [{"start": period.label, "runs": len(period.runs)} for period in analysis.periods],
        "patterns": [pattern_document(found) for found in analysis.explained],
        "gone": [{"id": known.id, "name": known.name, "status": known.status} for known in mined.gone],
        "candidates": [
            {
                "name": candidate.name,
                "cause": candidate.signature.cause,
                "mechanism": candidate.signature.mechanism,
                "runs": candidate.runs,
                "contrast": _contrast(candidate.contrast),
                "more_runs": candidate.more_runs,
            }
            for candidate in mined.candidates
        ],
        "alike": [
            {
                "cause": group.cause,
                "runs": list(group.run_ids),
                "medoid": group.medoid,
                "terms": list(group.terms),
            }
            for group in mined.alike
        ],
    }


def pattern_document(found: Explained) -> dict[str, Any]:
    """One pattern."""
    pattern = found.pattern
    return {
        "id": pattern.id,
        "name": pattern.name,
        "status": pattern.status,
        "cause": pattern.signature.cause,
        "mechanism": pattern.signature.mechanism,
        "runs": list(pattern.run_ids),
        "also": list(pattern.also),
        "tasks": list(pattern.tasks),
        "share": round(pattern.share, 4),
        "rank": round(pattern.rank, 4),
        "weight": round(found.weight, 4),
        "places": {"by_rank": found.places[0], "weighted": found.places[1]},
        "contrast": _contrast(pattern.contrast),
        "medoid": pattern.medoid,
        "typical": list(pattern.typical),
        "terms": list(pattern.terms),
        "companions": list(pattern.companions),
        "trend": list(found.trend),
        "rounds": [
            {"round": count.round, "count": count.count, "runs": count.runs} for count in pattern.history
        ],
        "quotes": [
            {"says": claim.text, "run": claim.run_id, "span": claim.span_id, "quote": claim.quote}
            for claim in found.claims
        ],
        "remedies": [
            {"name": each.remedy, "title": each.title, "hypothesis": each.hypothesis}
            for each in found.suggestions
        ],
    }


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "difference": round(contrast.difference, 4),
        "interval": [round(end, 4) for end in contrast.interval],
        "basis": contrast.basis,
        "adjusted": contrast.is_adjusted,
    }
