"""For whoever runs the server: is it up, is it ready, what is it doing."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from sonotag.api.deps import Services, ServicesDep
from sonotag.api.metrics import render_metrics
from sonotag.api.schemas_server import Health
from sonotag.errors import SonotagError
from sonotag.models.manager import ModelState

log = logging.getLogger(__name__)

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process is up and its event loop answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
def readyz(services: ServicesDep, response: Response) -> Health:
    """Analyses can begin: the model is warm, the database takes writes, the disk has room, nothing is stopping."""
    model = services.models.status()
    checks: dict[str, str] = {"model": model.state.value, "database": "ok", "disk": "ok", "server": "ok"}
    reasons: list[str] = []
    if model.state is not ModelState.READY:
        words = model.problem.message if model.problem else f"{model.title} is {model.state.value}."
        reasons.append(words)
    if not _takes_writes(services):
        checks["database"] = "failing"
        reasons.append("The database takes no writes; the log has the reason.")
    if services.disk.is_low:
        checks["disk"] = "low"
        free, floor = services.disk.free_bytes, services.disk.floor_bytes
        reasons.append(f"The disk has {free // 1_000_000} MB free, less than the {floor // 1_000_000} MB to be left.")
    if services.shutdown.has_begun:
        checks["server"] = "stopping"
        reasons.append("The server is stopping.")
    if not reasons:
        return Health(status="ok", checks=checks)
    response.status_code = 503
    if services.shutdown.has_begun:
        return Health(status="stopping", checks=checks, reasons=reasons)
    is_starting = len(reasons) == 1 and model.state is ModelState.LOADING
    return Health(status="starting" if is_starting else "failing", checks=checks, reasons=reasons)


def _takes_writes(services: Services) -> bool:
    try:
        with services.database.writing() as session:
            # A row that says what it said before: written all the same, which a full or read-only disk refuses.
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
    except (SonotagError, SQLAlchemyError) as error:
        log.error("the database takes no writes: %s %s", error, getattr(error, "details", ""))
        return False
    return True


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(services: ServicesDep) -> Response:
    """Prometheus text format."""
    content, media_type = render_metrics(services)
    return Response(content, media_type=media_type)
