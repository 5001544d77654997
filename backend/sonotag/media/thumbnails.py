"""Pictures of recordings, fetched from their site through the egress guard."""

from __future__ import annotations

import logging
import ssl
import urllib.request
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

from sonotag.errors import StorageError
from sonotag.media.partial import PartialFile

log = logging.getLogger(__name__)

MAX_BYTES = 2 * 1024**2
_TIMEOUT_S = 20.0
# What a file is, by how it begins; other kinds are not served.
_MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def image_type(head: bytes) -> str | None:
    """The media type of a picture that begins like this; None when it is none that is served."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def fetch_thumbnail(url: str, proxy_url: str, destination: Path, certificates: Path | None = None) -> bool:
    """Stores the picture at `url` as `destination`; says whether there is one now. Never raises for a bad picture."""
    if urlsplit(url).scheme != "https":
        return False
    context = ssl.create_default_context(cafile=str(certificates) if certificates else None)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": proxy_url}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(url, timeout=_TIMEOUT_S) as answer:
            content: bytes = answer.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES or image_type(content) is None:
            log.info("the picture at %s is too large, or none", urlsplit(url).hostname)
            return False
        _store(content, destination)
    except (OSError, URLError, ValueError, StorageError) as error:
        log.info("no picture from %s: %s", urlsplit(url).hostname, error)
        return False
    return True


def _store(content: bytes, destination: Path) -> None:
    file = PartialFile(destination)
    try:
        file.open()
        file.write(content)
        file.commit()
    except BaseException:
        file.discard()
        raise
