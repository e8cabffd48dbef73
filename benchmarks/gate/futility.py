"""When going on is pointless: evidence that the planned effect is not there."""

from __future__ import annotations

from benchmarks.gate.e_process import MAX_STAKE, MULTIPLES, Bets, EProcess

FUTILE = 10.0  # a candidate with the planned effect is called futile with a chance of at most 1/10


def futility_process(effect: float, discordance: float) -> EProcess:
    """A reversed e-process against "the effect is at least ``effect``".

    Planned for a candidate that does nothing: against the null its differences then gain ``effect`` per
    bet, with a mean square of ``discordance + effect²``. A stake is counted in the worst loss, ``1 - effect``.
    """
    optimal = (1.0 - effect) * effect / (discordance + effect**2)
    stakes = tuple(min(MAX_STAKE, multiple * optimal) for multiple in MULTIPLES)
    return EProcess(bets=Bets(stakes=stakes), null=effect, side="below")
