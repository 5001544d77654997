"""Domain errors as HTTP answers: the only place that knows which status a code becomes."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount
from starlette.types import Receive, Scope, Send

from sonotag import errors
from sonotag.api.schemas import ErrorResponse, Problem
from sonotag.domain import Problem as DomainProblem

log = logging.getLogger(__name__)

STATUS_OF_CODE = {
    "origin_refused": 403,
    "upload_aborted": 400,
    "malformed_upload": 400,
    "unsupported_upload": 415,
    "tus_version": 412,
    "bad_upload_header": 400,
    "bad_upload_type": 415,
    "upload_locked": 423,
    "upload_stalled": 408,
    "upload_gone": 410,
    "shutting_down": 503,
    "memory_low": 503,
    "model_changed": 409,
    "model_busy": 409,
    "download_off": 403,
    "terms_not_accepted": 422,
    "unknown_model": 422,
    "disk_full": 507,
}
STATUS_OF_CLASS: tuple[tuple[type[errors.SonotagError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.InputError, 422),
    (errors.MediaError, 422),
    (errors.TooLargeError, 413),
    (errors.AccessError, 403),
    (errors.SignInError, 401),
    (errors.ConflictError, 409),
    (errors.BusyError, 429),
    (errors.ModelError, 503),
    (errors.StorageError, 500),
)

WORDS_OF_STATUS = {
    400: ("invalid_input", "The request's body cannot be read.", "Send JSON, in UTF-8; /docs says what it takes."),
    404: ("not_found", "There is nothing at this address.", "Check the address; /docs lists what there is."),
    408: (
        "request_stalled",
        "The body of the request did not come in time.",
        "Check the connection and try again.",
    ),
    413: ("too_large", "The body of the request is too large.", "Ask for less at a time; /docs says what it takes."),
    405: (
        "method_not_allowed",
        "This address does not take this kind of request.",
        "See /docs for what it takes.",
    ),
}


def status_of(error: errors.SonotagError) -> int:
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUS_OF_CLASS if isinstance(error, kind)), 500)


class ProblemResponse(JSONResponse):
    """An error's answer, which leaves its code in the scope for whoever counts it."""

    def __init__(self, status: int, problem: DomainProblem, headers: dict[str, str] | None) -> None:
        super().__init__(ErrorResponse(error=Problem.of(problem)).model_dump(exclude_none=True), status, headers)
        self._code = problem.code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A dict of its own: what is further in may work on copies of the scope and of its state.
        scope.setdefault("state", {}).setdefault("seen", {})["error_code"] = self._code
        await super().__call__(scope, receive, send)


def answer(status: int, problem: DomainProblem, headers: dict[str, str] | None = None) -> JSONResponse:
    return ProblemResponse(status, problem, headers)


def answer_of(request: Request, error: errors.SonotagError) -> JSONResponse:
    """The answer that an error of the domain becomes; what is the server's own fault is logged with its reason."""
    status = status_of(error)
    if status >= 500:
        log.error("%s was answered %s: %s", request.method, error.code, error.details)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, errors.BusyError) else None
    return answer(status, error.problem, headers)


def _methods_at(request: Request) -> list[str]:
    """What the request's address takes: Starlette would name the methods of one of its routes only."""
    app: FastAPI = request.app
    routes = [route for route in app.routes if not isinstance(route, Mount)]  # the page is under every address
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def install_error_handlers(app: FastAPI) -> None:
    """Makes every error of every route `{"error": {"code", "message", "hint"}}`."""

    async def on_domain_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, errors.SonotagError)
        return answer_of(request, error)

    async def on_invalid_request(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
        message = f"{place}: {first['msg']}" if place else str(first["msg"])
        return answer(422, DomainProblem("invalid_input", message[:500], "See /docs for what this request takes."))

    async def on_http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code, message, hint = WORDS_OF_STATUS.get(
            error.status_code, ("http_error", str(error.detail), "See /docs for what this server answers.")
        )
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods_at(request)) or "GET, HEAD"
        return answer(error.status_code, DomainProblem(code, message, hint), headers)

    async def on_unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("%s failed", request.method, exc_info=error)
        return answer(
            500,
            DomainProblem(
                "internal_error",
                "Something went wrong in the server.",
                "Try again; the server's log has the reason.",
            ),
        )

    app.add_exception_handler(errors.SonotagError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected)
