"""About this server: what it can fetch, and with what."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter

from sonotag import __version__
from sonotag.api.deps import ServicesDep
from sonotag.api.schemas_server import LinkSite, System, Ytdlp
from sonotag.media.ytdlp_version import STALE_DAYS

router = APIRouter(tags=["system"])


@router.get("/api/system")
def read_system(services: ServicesDep) -> System:
    """Versions, the sites whose links are taken, and whether the operator gave cookies or a proxy for them."""
    downloads, settings = services.downloads, services.settings
    version, today = downloads.ytdlp, datetime.now(UTC).date()
    return System(
        version=__version__,
        ytdlp=None
        if version is None
        else Ytdlp(
            version=version.version,
            age_days=version.age_days(today),
            stale=version.is_stale(today),
            stale_after_days=STALE_DAYS,
            updated=version.updated,
        ),
        sites=[LinkSite(name=site.name, title=site.title) for site in downloads.sites],
        has_cookies=settings.link_cookies is not None,
        has_proxy=settings.link_proxy is not None,
        keep_days=settings.keep_days or None,
        keep_bytes=settings.keep_bytes or None,
    )
