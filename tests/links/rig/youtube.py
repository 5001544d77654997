"""As much of YouTube as yt-dlp's extractor asks for: the watch page, the player API, media, pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.links.rig.hosts import Exchange, Rig
from tests.links.rig.media import MediaSite

PAGE = "www.youtube.com"
MEDIA = "rr1---sn-rig.googlevideo.com"
PICTURES = "i.ytimg.com"
OWNER = {
    "videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": {"title": {"runs": [{"text": "Rig Channel"}]}}}}
}
INITIAL_DATA = {
    "contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": [OWNER]}}}},
    "currentVideoEndpoint": {},
}


@dataclass
class Video:
    title: str
    file: str
    duration_s: int
    size_bytes: int
    playability: dict[str, Any] = field(default_factory=lambda: {"status": "OK"})
    live: bool = False
    description: str = ""


@dataclass
class YouTube:
    """Videos by id; their files are those of `media`."""

    media: MediaSite = field(default_factory=MediaSite)
    videos: dict[str, Video] = field(default_factory=dict)
    picture: bytes = b""

    def settle(self, rig: Rig) -> None:
        rig.sites |= {
            PAGE: self._page,
            MEDIA: self.media,
            PICTURES: lambda exchange: exchange.give(200, self.picture, "image/jpeg"),
        }

    def _page(self, exchange: Exchange) -> None:
        parts = urlsplit(exchange.path)
        if parts.path == "/watch":
            self._watch(exchange, parse_qs(parts.query)["v"][0])
        elif parts.path == "/youtubei/v1/player":
            asked = json.loads(exchange.body)
            exchange.give(200, json.dumps(self._player(asked["videoId"])).encode(), "application/json")
        elif parts.path == "/youtubei/v1/next":
            exchange.give(200, json.dumps(INITIAL_DATA).encode(), "application/json")
        elif parts.path.startswith("/embed/"):
            self._watch(exchange, parts.path.rsplit("/", 1)[1])
        else:
            exchange.give(404, b"", "text/html")

    def _watch(self, exchange: Exchange, identifier: str) -> None:
        config = {"INNERTUBE_CONTEXT": {"client": {"visitorData": "rig", "hl": "en"}}, "STS": 20_000}
        answer = self._player(identifier)
        page = (
            f"<html><script>ytcfg.set({json.dumps(config)});</script>"
            f"<script>var ytInitialData = {json.dumps(INITIAL_DATA)};</script>"
            f"<script>var ytInitialPlayerResponse = {json.dumps(answer)};</script></html>"
        )
        exchange.give(200, page.encode(), "text/html; charset=utf-8")

    def _player(self, identifier: str) -> dict[str, Any]:
        video = self.videos.get(identifier)
        if video is None:
            return {"playabilityStatus": {"status": "ERROR", "reason": "Video unavailable"}}
        answer: dict[str, Any] = {
            "playabilityStatus": video.playability,
            "videoDetails": {
                "videoId": identifier,
                "title": video.title,
                "lengthSeconds": str(video.duration_s),
                "author": "Rig Channel",
                "channelId": "UCrigrigrigrigrigrigrig0",
                "shortDescription": video.description,
                "isLive": video.live,
                "isLiveContent": video.live,
                "thumbnail": {"thumbnails": [{"url": f"https://{PICTURES}/vi/{identifier}/hq.jpg", "width": 480}]},
            },
        }
        if video.playability["status"] == "OK":
            answer["streamingData"] = {
                "expiresInSeconds": "21540",
                "adaptiveFormats": [
                    {
                        "itag": 251,
                        "url": f"https://{MEDIA}/{video.file}?expire=1&itag=251&source=youtube",
                        "mimeType": 'audio/webm; codecs="opus"',
                        "bitrate": 130_000,
                        "contentLength": str(video.size_bytes),
                        "audioQuality": "AUDIO_QUALITY_MEDIUM",
                        "approxDurationMs": str(video.duration_s * 1000),
                        "audioSampleRate": "48000",
                        "audioChannels": 2,
                    }
                ],
            }
        return answer
