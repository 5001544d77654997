"""For whoever runs the server: is it up, is it ready, what is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Response

from sonotag.api.deps import ServicesDep
from sonotag.api.metrics import render_metrics
from sonotag.api.schemas import Health
from sonotag.models.manager import ModelState

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process is up and its event loop answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
def readyz(services: ServicesDep, response: Response) -> Health:
    """The model is warm and the database answers: analyses can begin."""
    state = services.models.status().state
    services.database.recordings(limit=1)
    checks = {"model": state.value, "database": "ok"}
    if state is ModelState.READY:
        return Health(status="ok", checks=checks)
    response.status_code = 503
    return Health(status="starting" if state is ModelState.LOADING else "failing", checks=checks)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(services: ServicesDep) -> Response:
    """Prometheus text format."""
    content, media_type = render_metrics(services)
    return Response(content, media_type=media_type)
