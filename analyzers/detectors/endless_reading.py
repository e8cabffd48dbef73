"""The agent read on and on, or the same file again and again, and did nothing with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.account import Account, account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class EndlessReading:
    """Sees ``least`` calls in a row that only look, or ``same_file`` looks at one file with no change between."""

    name: str = "endless_reading"
    title: str = "Reads on and on without doing anything"
    least: int = 30
    same_file: int = 8

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal: for the longest stretch of looking, else for the file that was read most."""
        stretches = list(_stretches(account_of(run)))
        longest = max(stretches, key=len, default=[])
        if len(longest) >= self.least:
            sentence = f"{len(longest)} calls in a row only read or searched."
            return observe(self, run, longest, sentence, severity=0.5, shows="arguments")
        file, looks = max(
            (_most_read(stretch) for stretch in stretches), key=lambda most: len(most[1]), default=("", [])
        )
        if len(looks) < self.same_file:
            return ()
        return observe(
            self,
            run,
            looks,
            f"Read {shown(file)} {len(looks)} times in a row.",
            severity=0.5,
            shows="arguments",
        )


def _stretches(account: Account) -> Iterator[list[Act]]:
    """The looks between two calls that do something."""
    current: list[Act] = []
    for act in account.acts:
        if act.is_look:
            current.append(act)
        elif current and (act.is_edit or act.is_check):
            yield current
            current = []
    if current:
        yield current


def _most_read(looks: list[Act]) -> tuple[str, list[Act]]:
    by_file: dict[str, list[Act]] = defaultdict(list)
    for look in looks:
        if file := _file(look):
            by_file[file].append(look)
    return max(by_file.items(), key=lambda item: len(item[1]), default=("", []))


def _file(look: Act) -> str:
    """The file that a look reads: of an editor its path, of a command line the last word that names one."""
    if not look.is_shell:
        return look.path
    words = look.line.parts[0].split() if look.line.parts else []
    return next((word for word in reversed(words) if "." in word.strip(".") and not word.startswith("-")), "")
