"""The answers that a model must give: schemas, checked before anything in them is used."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClaimAnswer(BaseModel):
    """A statement with a quote copied from a raw span."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=400, description="What the span shows.")
    run_id: str = Field(max_length=64, description="The run that the span belongs to.")
    span_id: str = Field(max_length=64, description="The span that the quote is copied from.")
    quote: str = Field(max_length=500, description="Copied letter by letter from the span.")


class ReadingAnswer(BaseModel):
    """Why these runs fail, with the evidence for it. Give it when you have seen enough."""

    model_config = ConfigDict(extra="forbid")

    diagnosis: str = Field(max_length=2000, description="The mechanism that makes these runs fail.")
    claims: list[ClaimAnswer] = Field(min_length=1, max_length=12)


class ChoiceAnswer(BaseModel):
    """A remedy that the model would try."""

    model_config = ConfigDict(extra="forbid")

    remedy: str = Field(
        max_length=64, description="A remedy's name from the list, or 'paragraph', or 'middleware'."
    )
    paragraph: str = Field(default="", max_length=1000, description="The paragraph, for 'paragraph' only.")
    class_name: str = Field(default="", max_length=64, description="The class, for 'middleware' only.")
    code: str = Field(default="", max_length=8000, description="The file, for 'middleware' only.")
    test: str = Field(default="", max_length=8000, description="Its test, for 'middleware' only.")


class ChoicesAnswer(BaseModel):
    """The remedies to try, the most promising first."""

    model_config = ConfigDict(extra="forbid")

    choices: list[ChoiceAnswer] = Field(max_length=3)
