"""An analyst that asks a chat model; code decides what of the answer counts."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel

from analyzers.analysts.answer import ChoiceAnswer, ChoicesAnswer, ClaimAnswer, ReadingAnswer
from analyzers.analysts.asking import Asking, one_line
from analyzers.analysts.budget import Budget, Meter
from analyzers.analysts.digest import digest_of, harness_lines, recorded_text
from analyzers.analysts.facts import facts_of
from analyzers.analysts.lookup import Lookup
from analyzers.analysts.own_words import paragraph_problem
from analyzers.analysts.playbook import remedies_with_promise
from analyzers.analysts.rendering import choosing_prompt, reading_prompt
from analyzers.code_shape import shape_problem
from analyzers.drafting import draft, passing_tasks_that_show
from analyzers.lesson import Memory, lesson_lines
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim, Finding, Proposal
from analyzers.remedies.new_middleware import NewMiddleware
from analyzers.remedies.prompt_paragraph import PromptParagraph
from analyzers.remedies.remedy import Remedy
from harness.edits import Tree
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest

_PROMISE = 0.7  # each further choice is worth this much of the one before


class ChatModelAnalyst:
    """Lets any LangChain chat model read a pattern's traces, and choose what to try against it: two separate questions.

    Traces are hostile. What reads them says what it saw, and every claim of it is checked. What chooses is asked anew, with
    what code knows of the pattern and with no word of a trace: nothing that stands in a tool's result can change a proposal.
    It chooses among remedies that fit, words a paragraph of general advice, or writes a middleware with its test.

    ``memory`` is what was tried before: it is shown, and not taken again unchanged.
    """

    def __init__(
        self, model: BaseChatModel, *, name: str, budget: Budget | None = None, memory: Memory | None = None
    ) -> None:
        self._model = model
        self._name = name
        self._budget = budget or Budget()
        self._memory = memory or Memory()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:
        """A finding, its claims not yet checked.

        Raises ``MalformedAnswerError`` when three answers in a row do not fit the schema, ``BudgetExceededError``, and
        ``ModelFailedError`` when the model cannot be reached.
        """
        manifest = parse_manifest(harness)
        meter = Meter(self._budget)
        asking = Asking(self._model, name=self._name, meter=meter)
        half = self._budget.characters // 2
        desk = Lookup(view, budget=self._budget, characters=half, meter=meter)
        digest = digest_of(pattern, view, manifest, characters=half)
        reading = asking.ask(reading_prompt(digest, lookups=self._budget.lookups), ReadingAnswer, desk)
        claims = tuple(_claim(answer) for answer in reading.claims)
        offered = offered_for(pattern, manifest)
        facts, tried = facts_of(pattern, view), tried_lines(pattern, self._memory)
        question = choosing_prompt(facts, harness_lines(manifest), tuple(offered.values()), tried=tried)
        recorded = recorded_text(pattern, view, shown=desk.shown)
        chosen, refused = _chosen(asking.ask(question, ChoicesAnswer).choices, offered, recorded)
        return Finding(
            pattern=pattern.id,
            analyst=self._name,
            diagnosis=plain(reading.diagnosis),
            claims=claims,
            proposals=self._proposals(chosen, pattern, view, manifest, claims),
            refused=refused,
            spent=meter.spent,
        )

    def _proposals(
        self,
        chosen: Sequence[Remedy],
        pattern: Pattern,
        view: MineView,
        manifest: Manifest,
        claims: tuple[Claim, ...],
    ) -> tuple[Proposal, ...]:
        breakages = passing_tasks_that_show(pattern.signature.mechanism, view)
        drafts = (
            draft(
                remedy,
                pattern,
                manifest,
                claims=claims,
                breakages=breakages,
                analyst=self._name,
                priority=pattern.rank * _PROMISE**position,
            )
            for position, remedy in enumerate(chosen)
        )
        return tuple(d for d in drafts if d is not None and d.id not in self._memory.passed_over)


def plain(text: str) -> str:
    """A model's words as one printable line: what it repeats of a trace may hold control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _claim(answer: ClaimAnswer) -> Claim:
    """A claim; its quote stays as it is, since it must stand so in the span."""
    return Claim(text=plain(answer.text), run_id=answer.run_id, span_id=answer.span_id, quote=answer.quote)


def offered_for(pattern: Pattern, manifest: Manifest) -> dict[str, Remedy]:
    """The remedies that fit a pattern and that the harness does not have, by name."""
    return {remedy.name: remedy for remedy, _ in remedies_with_promise(pattern) if remedy.edits(manifest)}


def tried_lines(pattern: Pattern, memory: Memory) -> tuple[str, ...]:
    """What was tried against a pattern, in our own words, and which kinds of surface have had their chance."""
    lines = lesson_lines(memory.of(pattern=pattern.id, answers=pattern.signature.mechanism))
    spent = memory.spent(pattern.id)
    return (*lines, f"in vain twice, so try another kind: {', '.join(spent)}") if spent else lines


def _chosen(
    choices: list[ChoiceAnswer], offered: dict[str, Remedy], recorded: str
) -> tuple[tuple[Remedy, ...], tuple[str, ...]]:
    """The remedies behind a model's choices, and a sentence for each choice that is refused."""
    chosen: list[Remedy] = []
    refused: list[str] = []
    for choice in choices:
        remedy = offered.get(choice.remedy)
        problem = None if remedy else _problem(choice, recorded)
        if problem:
            refused.append(f"choice {one_line(choice.remedy)!r}: {problem}")
        else:
            chosen.append(remedy or _own(choice))
    return tuple(chosen), tuple(refused)


def _problem(choice: ChoiceAnswer, recorded: str) -> str | None:
    if choice.remedy == "paragraph":
        return paragraph_problem(choice.paragraph, recorded)
    if choice.remedy != "middleware":
        return "it was not offered"
    module = _own_middleware(choice).path.rpartition("/")[2].removesuffix(".py")
    return shape_problem(choice.class_name, choice.code, choice.test, module=module, recorded=recorded)


def _own(choice: ChoiceAnswer) -> Remedy:
    if choice.remedy == "middleware":
        return _own_middleware(choice)
    return _own_paragraph(choice.paragraph.strip())


def _own_middleware(choice: ChoiceAnswer) -> NewMiddleware:
    return NewMiddleware(class_name=choice.class_name, code=choice.code, test=choice.test)


def _own_paragraph(text: str) -> PromptParagraph:
    return PromptParagraph(
        name="own_paragraph",
        title="Add a paragraph of advice to the prompt",
        hypothesis="An agent that is told so at the start avoids the mistake.",
        text=text,
    )
