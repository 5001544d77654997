"""As much of SoundCloud as yt-dlp's extractor asks for: main page, script with a client id, API, media, pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.links.rig.hosts import Exchange, Rig
from tests.links.rig.media import MediaSite

CLIENT_ID = "0123456789abcdefghijABCDEFGHIJxy"
PAGE = "soundcloud.com"
SCRIPTS = "a-v2.sndcdn.com"
API = "api-v2.soundcloud.com"
MEDIA = "cf-media.sndcdn.com"
PICTURES = "i1.sndcdn.com"


@dataclass
class Track:
    title: str
    file: str
    duration_ms: int
    snipped: bool = False
    protocol: str = "progressive"
    secret: str | None = None


@dataclass
class SoundCloud:
    """Tracks by their path on the site; their files are those of `media`."""

    media: MediaSite = field(default_factory=MediaSite)
    tracks: dict[str, Track] = field(default_factory=dict)
    picture: bytes = b""
    api_status: int = 200

    def settle(self, rig: Rig) -> None:
        rig.sites |= {
            PAGE: self._page,
            SCRIPTS: self._script,
            API: self._api,
            MEDIA: self.media,
            PICTURES: lambda exchange: exchange.give(200, self.picture, "image/jpeg"),
        }

    def _page(self, exchange: Exchange) -> None:
        script = f'<html><script crossorigin src="https://{SCRIPTS}/assets/1.js"></script></html>'
        exchange.give(200, script.encode(), "text/html")

    def _script(self, exchange: Exchange) -> None:
        exchange.give(200, f'var a={{client_id:"{CLIENT_ID}"}}'.encode(), "text/javascript")

    def _api(self, exchange: Exchange) -> None:
        parts = urlsplit(exchange.path)
        query = parse_qs(parts.query)
        if self.api_status != 200:
            exchange.give(self.api_status, b"{}", "application/json")
        elif query.get("client_id") != [CLIENT_ID]:
            exchange.give(401, b"{}", "application/json")
        elif parts.path == "/resolve":
            self._resolve(exchange, urlsplit(query["url"][0]).path.strip("/"))
        elif parts.path.startswith("/media/"):
            name = parts.path.rsplit("/", 1)[1]
            exchange.give(200, json.dumps({"url": f"https://{MEDIA}/{name}"}).encode(), "application/json")
        else:
            exchange.give(404, b"{}", "application/json")

    def _resolve(self, exchange: Exchange, path: str) -> None:
        track = self.tracks.get(path)
        if track is None:
            exchange.give(404, b"{}", "application/json")
            return
        answer: dict[str, Any] = {
            "kind": "track",
            "id": 4711,
            "title": track.title,
            "duration": track.duration_ms,
            "permalink_url": f"https://{PAGE}/{path}",
            "artwork_url": f"https://{PICTURES}/artworks-000-large.jpg",
            "user": {"username": "Rig Recordist", "id": 1, "permalink_url": f"https://{PAGE}/rig"},
            "policy": "SNIP" if track.snipped else "ALLOW",
            "media": {
                "transcodings": [
                    {
                        "url": f"https://{API}/media/soundcloud:tracks:4711/{track.file}",
                        "preset": "mp3_1_0",
                        "snipped": track.snipped,
                        "format": {"protocol": track.protocol, "mime_type": "audio/mpeg"},
                        "quality": "sq",
                    }
                ]
            },
        }
        exchange.give(200, json.dumps(answer).encode(), "application/json")
