"""What goes over the wire, as pydantic models: they are the OpenAPI document, and the page's types come from it.

Here is what all of them stand on; each subject has a module of its own beside this one.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sonotag import domain


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestBody(Schema):
    """JSON that comes in: a number is no text and no truth value, however alike they look."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Schema):
    """What went wrong and what to do next. `code` is stable."""

    code: str
    message: str
    hint: str
    details: str | None = Field(None, description="What a site or a program said, word for word.")

    @classmethod
    def of(cls, problem: domain.Problem) -> Problem:
        return cls(code=problem.code, message=problem.message, hint=problem.hint, details=problem.details)


class ErrorResponse(Schema):
    error: Problem
