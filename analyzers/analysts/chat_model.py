"""An analyst that asks a chat model; code decides what of the answer counts."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.output_parsers import PydanticOutputParser

from analyzers.analysts.answer import Answer, ChoiceAnswer
from analyzers.analysts.digest import Digest, digest_of, recorded_text
from analyzers.analysts.own_words import paragraph_problem
from analyzers.analysts.playbook import remedies_with_promise
from analyzers.code_shape import shape_problem
from analyzers.drafting import draft, passing_tasks_that_show
from analyzers.errors import MalformedAnswerError
from analyzers.lesson import Memory, lesson_lines
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim, Finding
from analyzers.remedies.new_middleware import NewMiddleware
from analyzers.remedies.prompt_paragraph import PromptParagraph
from analyzers.remedies.remedy import Remedy
from harness.edits import Tree
from harness.manifest_file import parse_manifest

_RETRIES = 2
_PROMISE = 0.7  # each further choice is worth this much of the one before
_REFUSAL = 200  # characters of an error that are sent back


class ChatModelAnalyst:
    """Gives any LangChain chat model a digest of a pattern and takes over what stands up to checks.

    The model chooses among remedies that fit the pattern, words a paragraph of general advice, or writes a middleware
    with its test; it cannot touch anything else. ``characters`` bounds the raw spans in its prompt. ``memory`` is what was
    tried before: it is shown, and not taken again unchanged.
    """

    def __init__(
        self, model: BaseChatModel, *, name: str, characters: int = 16_000, memory: Memory | None = None
    ) -> None:
        self._model = model
        self._name = name
        self._characters = characters
        self._memory = memory or Memory()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:
        """A finding, its claims not yet checked.

        Raises ``MalformedAnswerError`` when three answers in a row do not fit the schema, and what the model
        raises when it cannot be reached.
        """
        manifest = parse_manifest(harness)
        offered = {
            remedy.name: remedy for remedy, _ in remedies_with_promise(pattern) if remedy.edits(manifest)
        }
        digest = digest_of(pattern, view, manifest, characters=self._characters)
        answer = self._ask(
            render_prompt(digest, tuple(offered.values()), tried=tried_lines(pattern, self._memory))
        )
        chosen, refused = _chosen(answer.choices, offered, recorded_text(pattern, view))
        claims = tuple(Claim(**claim.model_dump()) for claim in answer.claims)
        breakages = passing_tasks_that_show(pattern.signature.mechanism, view)
        drafts = [
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
        ]
        return Finding(
            pattern=pattern.id,
            analyst=self._name,
            diagnosis=answer.diagnosis,
            claims=claims,
            proposals=tuple(
                proposal
                for proposal in drafts
                if proposal is not None and proposal.id not in self._memory.passed_over
            ),
            refused=refused,
        )

    def _ask(self, prompt: str) -> Answer:
        """Ask, and ask again at most twice with what was wrong."""
        messages: list[BaseMessage] = [HumanMessage(prompt)]
        problem = ""
        for _ in range(1 + _RETRIES):
            answer, problem = self._answer(messages)
            if answer is not None:
                return answer
            messages = [
                HumanMessage(prompt),
                HumanMessage(f"Your answer did not fit: {problem} Answer again."),
            ]
        raise MalformedAnswerError(f"{self._name} gave {1 + _RETRIES} malformed answers; the last: {problem}")

    def _answer(self, messages: list[BaseMessage]) -> tuple[Answer | None, str]:
        """One answer, or what was wrong with it: a structured one, else JSON in its text."""
        try:
            structured = self._model.with_structured_output(Answer, include_raw=True)
        except NotImplementedError:
            return _from_text(self._model.invoke(messages))
        result = structured.invoke(messages)
        parsed = result["parsed"] if isinstance(result, dict) else result
        if isinstance(parsed, Answer):
            return parsed, ""
        error = result.get("parsing_error") if isinstance(result, dict) else None
        if error is not None:
            return None, _one_line(str(error))
        return _from_text(result["raw"]) if isinstance(result, dict) else (None, "no answer")


def tried_lines(pattern: Pattern, memory: Memory) -> tuple[str, ...]:
    """What was tried against a pattern, in our own words, and which kinds of surface have had their chance."""
    lines = lesson_lines(memory.of(pattern=pattern.id, answers=pattern.signature.mechanism))
    spent = memory.spent(pattern.id)
    return (*lines, f"in vain twice, so try another kind: {', '.join(spent)}") if spent else lines


def render_prompt(digest: Digest, remedies: tuple[Remedy, ...], *, tried: tuple[str, ...] = ()) -> str:
    """The whole prompt. Recorded data stands between marks made of its own hash, so it cannot hold them."""
    data = "\n".join([*(run.steps for run in digest.runs), *(span.text for span in digest.spans)])
    fence = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    source = files("analyzers.analysts").joinpath("prompts", "diagnose.md.jinja").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - a prompt is no page
    instructions = PydanticOutputParser(pydantic_object=Answer).get_format_instructions()
    return environment.from_string(source).render(
        digest=digest, remedies=remedies, tried=tried, fence=fence, format=instructions
    )


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
            refused.append(f"choice {_one_line(choice.remedy)!r}: {problem}")
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


def _from_text(message: object) -> tuple[Answer | None, str]:
    if not isinstance(message, AIMessage):
        return None, "no message"
    try:
        return PydanticOutputParser(pydantic_object=Answer).invoke(message), ""
    except OutputParserException as error:
        return None, _one_line(str(error))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_REFUSAL]
