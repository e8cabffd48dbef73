"""Decides what the simulated coder does next: look, read, test, edit, test again, finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.reading import advice_in
from harness.simulated.deeds import Append, Change, Deed, Look, Read, Run, Write, can
from harness.simulated.draws import Draws
from harness.simulated.repairing import Workbench
from harness.simulated.situation import Situation
from harness.simulated.temper import Temper
from harness.simulated.transcript import Transcript

MAX_EDITS = 6
_BLIND_EDITS = 3  # after so many edits without seeing a verdict it gives up
_GUESSES = ("src/{}", "/app/{}", "/repo/{}", "lib/{}", "/home/user/project/{}", "app/{}")
_GUESSES_MADE = 3
_REJECTIONS = 2  # after so many edits that did not apply it gives up


@dataclass(frozen=True, kw_only=True)
class Step:
    """An answer: what it says, and what it does; without a deed it is final."""

    text: str
    deed: Deed | None = None


class Mind:
    """One decision. ``workbench`` makes or finds the workbench for a program text."""

    def __init__(
        self,
        transcript: Transcript,
        situation: Situation,
        temper: Temper,
        draws: Draws,
        workbench: Callable[[str], Workbench],
        *,
        careful: bool,
    ) -> None:
        self._transcript = transcript
        self._now = situation
        self._temper = temper
        self._draws = draws
        self._workbench = workbench
        self._careful = careful

    def decide(self) -> Step:
        """The next step."""
        for consider in (self._find_program, self._test_first, self._repair):
            step = consider()
            if step is not None:
                return step
        return self._finish()

    # Finding the program

    def _find_program(self) -> Step | None:
        target = self._now.understanding.target
        if self._now.texts:
            return self._read_again() if self._now.failed_edits else None
        if target not in self._now.listing and self._temper.guesses_paths and target is not None:
            return self._guess_path(target)
        if self._wants_listing():
            return Step(text="First I look at what is here.", deed=Look())
        if "README.md" in self._now.listing - set(self._now.read) and not self._temper.hurries:
            return Step(text="The README may say how the project is laid out.", deed=Read(path="README.md"))
        if target is None or not can(Read, self._transcript.tools) or target in self._now.missing:
            return Step(text="I could not find the program that the task is about, so I changed nothing.")
        return Step(text=f"Now I read `{target}`.", deed=Read(path=target))

    def _wants_listing(self) -> bool:
        if self._now.has_looked or "bash" not in self._transcript.tools:
            return False
        known = self._now.understanding.target in self._now.listing
        return not known and not self._temper.hurries and not self._temper.is_excused(Advice.LOOK_FIRST)

    def _read_again(self) -> Step | None:
        target = self._now.understanding.target
        assert target is not None
        return Step(text="The edit did not apply, so I read the file again.", deed=Read(path=target))

    def _guess_path(self, target: str) -> Step:
        order = sorted(range(len(_GUESSES)), key=lambda index: self._draws.uniform("path", index))
        guesses = [_GUESSES[index].format(target) for index in order[:_GUESSES_MADE]]
        tried = {*self._now.missing, *self._now.read}
        left = [path for path in guesses if path not in tried]
        if left and can(Read, self._transcript.tools):
            return Step(text=f"The program should be at `{left[0]}`.", deed=Read(path=left[0]))
        if self._must_verify() and not self._now.runs:
            return self._run_tests("I run the tests as asked.")
        return self._end_guessing(target, guesses)

    def _end_guessing(self, target: str, guesses: list[str]) -> Step:
        if not self._draws.chance(0.5, "writes at a guessed path"):
            return Step(text=f"`{target}` does not exist at {', '.join(guesses)}; I cannot repair it.")
        if not self._now.written and can(Write, self._transcript.tools):
            return Step(
                text="It is missing, so I write it anew.", deed=Write(path=guesses[0], text=_stub(target))
            )
        return Step(text=f"I wrote the repaired program to `{guesses[0]}`.")

    # Testing and repairing

    def _test_first(self) -> Step | None:
        if self._now.runs or self._now.edits or self._temper.hurries or not self._can_test():
            return None
        return self._run_tests("Before I change anything, I see what the visible tests say.")

    def _repair(self) -> Step | None:
        now = self._now
        if now.edits == 0:
            return self._first_edit()
        if not now.is_tested:
            return self._test_edit()
        if self._temper.hurries:
            return None
        return self._reflect() if now.passed else self._after_failure()

    def _after_failure(self) -> Step | None:
        if self._temper.is_stubborn:
            return self._again()
        if self._now.passed is None and self._now.edits >= _BLIND_EDITS:
            return None
        return self._next_edit()

    def _first_edit(self) -> Step | None:
        bench = self._bench()
        if bench is None:
            return None
        if self._temper.acts_on_a_hunch:
            return self._change(bench.hunch(self._now.texts), "I see the mistake.")
        failing = self._now.runs[0].report.failing if self._now.runs else ()
        text = bench.guess(failing or self._now.facts(), self._now.texts)
        return self._change(text, "I think I see the mistake.")

    def _test_edit(self) -> Step | None:
        hurries = self._temper.hurries and not self._must_verify()
        if self._temper.finishes_unverified or hurries or not self._can_test():
            return None
        return self._run_tests("Now I test the change.")

    def _reflect(self) -> Step | None:
        passing = [run for run in self._now.runs if run.report.passed and run.edits]
        bench = self._bench()
        if len(passing) != 1 or not self._careful or bench is None:
            return None
        text = bench.more_natural(self._now.facts(), self._now.texts[-1])
        if text in self._now.texts:
            return None
        return self._change(text, "The visible tests pass, but another cause is more likely.")

    def _again(self) -> Step | None:
        texts = self._now.texts
        other = texts[1] if texts[-1] != texts[1] else texts[0]
        return self._change(other, "This must be the right line; it should work now.")

    def _next_edit(self) -> Step | None:
        bench = self._bench()
        if bench is None or len(set(self._now.texts)) > MAX_EDITS:
            return None
        text = bench.next_text(
            self._now.facts(), self._now.texts, count=len(set(self._now.texts)), careful=self._careful
        )
        return self._change(text, "That was not it; the output points elsewhere.")

    def _change(self, text: str | None, says: str) -> Step | None:
        target = self._now.understanding.target
        if (
            text is None
            or target is None
            or not can(Change, self._transcript.tools)
            or self._now.rejected_edits > _REJECTIONS
        ):
            return None
        return Step(text=says, deed=Change(path=target, before=self._now.texts[-1], after=text))

    def _bench(self) -> Workbench | None:
        try:
            return self._workbench(self._now.texts[0])
        except (SyntaxError, ValueError):
            return None

    def _can_test(self) -> bool:
        known = self._now.understanding.command is not None and "bash" in self._transcript.tools
        return known and not self._temper.is_excused(Advice.VERIFY)

    def _must_verify(self) -> bool:
        """Whether it has been asked to test after it was last told to hurry, and will."""
        last = next((n for n in reversed(self._transcript.notes) if _verify_or_hurry(n.text)), None)
        asked = last is not None and Advice.VERIFY in advice_in(last.text)
        return asked and self._can_test() and self._temper.heeds(Advice.VERIFY)

    def _run_tests(self, says: str) -> Step:
        command = self._now.understanding.command or ""
        verbose = self._temper.drowns and not self._temper.heeds(Advice.SHORT_OUTPUT)
        return Step(text=says, deed=Run(command=f"{command} --verbose" if verbose else command))

    # Finishing

    def _finish(self) -> Step:
        notes_file, tools = self._now.understanding.notes_file, self._transcript.tools
        wanted = notes_file is not None and not self._now.noted and can(Append, tools)
        if notes_file is not None and wanted and self._now.edits and not self._temper.forgets(notes_file):
            return self._note_change(notes_file)
        return Step(text=self._closing_words())

    def _note_change(self, notes_file: str) -> Step:
        before = self._now.read.get(notes_file)
        if "bash" not in self._transcript.tools and before is None and notes_file not in self._now.missing:
            return Step(text=f"I need to know what `{notes_file}` says.", deed=Read(path=notes_file))
        line = f"- Repaired `{self._now.understanding.target}`."
        return Step(
            text="The task also wants a note.", deed=Append(path=notes_file, line=line, before=before)
        )

    def _closing_words(self) -> str:
        target = self._now.understanding.target
        if self._now.edits == 0:
            return f"I found no change of `{target}` that would explain the failure, so I left it as it is."
        if self._now.is_tested and self._now.passed:
            return f"I repaired `{target}`; the visible tests pass."
        if self._now.is_tested and not self._now.passed:
            return f"I could not repair `{target}`: the visible tests still fail after my last change."
        return f"I found the mistake in `{target}` and repaired it. It now does what its docstring says."


def _verify_or_hurry(text: str) -> bool:
    return bool({Advice.VERIFY, Advice.WRAP_UP} & advice_in(text))


def _stub(target: str) -> str:
    name = target.rpartition("/")[2].removesuffix(".py")
    return f"def {name}(*args):\n    return args[0] if args else None\n"
