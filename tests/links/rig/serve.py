"""A real SonoTag server whose internet is the rig, for browser tests: `python -m tests.links.rig.serve --port 0`.

It says where it is and which links work on it, one line each, on standard output; what it says on standard error is
the server's log. SONOTAG_* settings count as usual.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import tempfile
from pathlib import Path

import uvicorn

from sonotag.main import Outside, create_app
from sonotag.media.decode import find_ffmpeg
from sonotag.sample import load_sample
from sonotag.settings import LinkSite, Settings
from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite
from tests.links.rig.soundcloud import SoundCloud, Track
from tests.links.rig.youtube import Video, YouTube

VIDEO = "rigRIG_rig1"
BOT_WALL = "rigRIG_wall"
PRIVATE = "rigRIG_priv"
SECONDS = 68
SLOW_S = 12.0
"""How long the slow video takes to arrive."""


def furnish(rig: Rig, folder: Path) -> list[str]:
    """Puts recordings on the rig's sites; returns lines that say what is where."""
    sample = load_sample()

    def encoded(name: str, *arguments: str) -> bytes:
        path = folder / name
        command = [find_ffmpeg(), "-nostdin", "-v", "error", "-y", "-i", sample.path, *arguments, path]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=120)
        return path.read_bytes()

    picture = encoded("cover.jpg", "-filter_complex", "showwavespic=s=480x270:colors=#7a8aa0", "-frames:v", "1")
    webm, mp3 = encoded("video.webm", "-c:a", "libopus"), encoded("track.mp3")

    youtube = YouTube(picture=picture)
    youtube.media.files["/video.webm"] = ("audio/webm", webm)
    youtube.media.bytes_per_s["/video.webm"] = len(webm) / SLOW_S
    chapters = "0:00 Yard\n0:20 Street\n0:45 Shore"
    youtube.videos[VIDEO] = Video("A walk through the rig", "video.webm", SECONDS, len(webm), description=chapters)
    wall = {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"}
    youtube.videos[BOT_WALL] = Video("Behind a wall", "video.webm", SECONDS, len(webm), playability=wall)
    private = {"status": "LOGIN_REQUIRED", "reason": "This is a private video"}
    youtube.videos[PRIVATE] = Video("Private", "video.webm", SECONDS, len(webm), playability=private)
    youtube.settle(rig)

    soundcloud = SoundCloud(picture=picture)
    soundcloud.media.files["/track.mp3"] = ("audio/mpeg", mp3)
    soundcloud.tracks["rig/morning"] = Track("Morning at the rig", "track.mp3", SECONDS * 1000)
    soundcloud.tracks["label/hit"] = Track("The hit", "track.mp3", 30_000, snipped=True)
    soundcloud.settle(rig)

    media = MediaSite()
    media.files["/sound.mp3"] = ("audio/mpeg", mp3)
    media.files["/stuck.mp3"] = ("audio/mpeg", mp3)
    media.gates["/stuck.mp3"] = len(mp3) // 2
    rig.sites[HOST] = media
    return [
        f"slow https://www.youtube.com/watch?v={VIDEO}",
        f"wall https://www.youtube.com/watch?v={BOT_WALL}",
        f"private https://www.youtube.com/watch?v={PRIVATE}",
        "quick https://soundcloud.com/rig/morning",
        "preview https://soundcloud.com/label/hit",
        f"file https://{HOST}/sound.mp3",
        f"stuck https://{HOST}/stuck.mp3",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    site = LinkSite(name="rig", title="The Rig", hosts=[HOST], extractors=["generic"], reach=[HOST])
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", port)) as listening:
        rig = Rig(Path(folder))
        lines = furnish(rig, Path(folder))
        app = create_app(Settings(link_sites=[site]), Outside(rig.guard, rig.certificates))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        print(json.dumps({"address": address, "links": dict(line.split(" ", 1) for line in lines)}), flush=True)
        config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=5)
        try:
            asyncio.run(uvicorn.Server(config).serve([listening]))
        finally:
            rig.close()


if __name__ == "__main__":
    main()
