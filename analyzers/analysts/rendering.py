"""The whole prompts, rendered from their files."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from langchain_core.output_parsers import PydanticOutputParser

from analyzers.analysts.answer import ChoicesAnswer, ReadingAnswer
from analyzers.analysts.digest import Digest
from analyzers.analysts.fence import mark_of
from analyzers.remedies.remedy import Remedy


def reading_prompt(digest: Digest, *, lookups: int = 0) -> str:
    """Asks for a diagnosis. Recorded data stands between marks made of its own hash, so it cannot hold them."""
    data = "\n".join([*(run.steps for run in digest.runs), *(span.text for span in digest.spans)])
    instructions = PydanticOutputParser(pydantic_object=ReadingAnswer).get_format_instructions()
    return _render("read.md.jinja", digest=digest, fence=mark_of(data), lookups=lookups, format=instructions)


def choosing_prompt(
    facts: tuple[str, ...], harness: str, remedies: tuple[Remedy, ...], *, tried: tuple[str, ...] = ()
) -> str:
    """Asks for remedies. All in it is our own or the harness's: no text of a trace, and none that a reader of traces wrote."""
    instructions = PydanticOutputParser(pydantic_object=ChoicesAnswer).get_format_instructions()
    return _render(
        "choose.md.jinja", facts=facts, harness=harness, remedies=remedies, tried=tried, format=instructions
    )


def _render(name: str, **values: object) -> str:
    source = files("analyzers.analysts").joinpath("prompts", name).read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - a prompt is no page
    return environment.from_string(source).render(**values)
