"""Links: what a pasted text names, told from its letters alone. Nothing here asks the network.

A site is its exact host names; the address that is used is made anew from the id or path that was found, so that
nothing else of a stranger's link (other hosts, credentials, nested addresses) reaches the program that fetches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from sonotag.errors import InputError

LONGEST_LINK = 2048
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_LIST = re.compile(r"[A-Za-z0-9_-]{10,64}")
_SOUNDCLOUD_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,254}", re.IGNORECASE)
_SOUNDCLOUD_SECRET = re.compile(r"s-[A-Za-z0-9]{1,40}")
_SCHEMELESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s?)?")
# Parts of soundcloud.com that are not somebody's name.
_SOUNDCLOUD_OWN = {"discover", "search", "stream", "upload", "you", "charts", "stations", "tags", "pages", "settings"}

Kind = Literal["track", "list"]


@dataclass(frozen=True, slots=True)
class Site:
    """A site that links may come from.

    `hosts`: exact names that its links have. `extractors`, `list_extractors`: exact names of yt-dlp's extractors.
    `reach`: names, with everything below them, that fetching may connect to.
    """

    name: str
    title: str
    hosts: frozenset[str]
    extractors: tuple[str, ...]
    reach: tuple[str, ...]
    list_extractors: tuple[str, ...] = ()


YOUTUBE = Site(
    "youtube",
    "YouTube",
    frozenset(
        {
            "youtube.com",
            "www.youtube.com",
            "m.youtube.com",
            "music.youtube.com",
            "youtu.be",
            "youtube-nocookie.com",
            "www.youtube-nocookie.com",
        }
    ),
    ("youtube",),
    ("youtube.com", "youtube-nocookie.com", "googlevideo.com", "ytimg.com", "ggpht.com", "youtubei.googleapis.com"),
    ("youtube", "youtube:tab"),
)
SOUNDCLOUD = Site(
    "soundcloud",
    "SoundCloud",
    frozenset({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"}),
    ("soundcloud",),
    ("soundcloud.com", "sndcdn.com", "soundcloud.cloud"),
    ("soundcloud", "soundcloud:set"),
)
# Addresses that only lead on to others, by where they do: a person's browser follows them, this server does not.
_FORWARDING_HOSTS = {"on.soundcloud.com", "soundcloud.app.goo.gl", "w.soundcloud.com", "consent.youtube.com"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was understood. `url` is canonical; `start_s` is where the link itself points to."""

    site: Site
    url: str
    kind: Kind = "track"
    start_s: float | None = None

    @property
    def extractors(self) -> tuple[str, ...]:
        return self.site.list_extractors if self.kind == "list" else self.site.extractors


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that this server takes links of: the two it knows, and what its operator adds."""

    more: Sequence[Site] = field(default=())

    def all(self) -> tuple[Site, ...]:
        return (YOUTUBE, SOUNDCLOUD, *self.more)

    def by_host(self) -> Mapping[str, Site]:
        return {host: site for site in self.all() for host in site.hosts}


def parse_link(text: str, sites: Sites) -> Link:
    """What `text` links to. Raises InputError: not_a_link, bad_link, site_not_allowed."""
    parts = _split(text)
    host = (parts.hostname or "").rstrip(".").lower()
    if host in _FORWARDING_HOSTS:
        raise InputError(
            "This address only leads on to another one.",
            hint="Open it in your browser and paste the address of the page that appears.",
            code="bad_link",
        )
    site = sites.by_host().get(host)
    if site is None:
        names = ", ".join(known.title for known in sites.all())
        raise InputError(
            f"This server does not fetch from {host[:80]}.",
            hint=f"It takes links of {names}. From other sites, download the audio and drop the file here.",
            code="site_not_allowed",
        )
    if site is YOUTUBE:
        return _youtube(host, parts)
    if site is SOUNDCLOUD:
        return _soundcloud(parts)
    path = quote(unquote(parts.path), safe="/-._~!$&'()*+,;=:@")
    query = f"?{parts.query}" if re.fullmatch(r"[A-Za-z0-9_.~%&=+-]{1,500}", parts.query) else ""
    return Link(site, f"https://{host}{path or '/'}{query}")


def _split(text: str) -> SplitResult:
    text = text.strip()
    if not text:
        raise InputError("There is no link.", hint="Paste the address of a recording.", code="not_a_link")
    if len(text) > LONGEST_LINK:
        raise _bad_link(f"This link has {len(text)} characters; at most {LONGEST_LINK} are taken.")
    if _SCHEMELESS.match(text):
        text = f"https://{text}"
    # Browsers and parsers disagree on these, and no link of ours has any.
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise InputError(
            "This is not a link: it has spaces or other characters that no address has.",
            hint="Paste one address, such as https://www.youtube.com/watch?v=….",
            code="not_a_link",
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _bad_link("This link is malformed.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            "This is not a web link.",
            hint="Paste an address that begins with https://.",
            code="not_a_link",
        )
    if parts.username is not None or parts.password is not None or port not in (None, 80, 443):
        raise _bad_link("This link carries a name, a password or a port, which links of recordings do not have.")
    return parts


def _bad_link(message: str) -> InputError:
    return InputError(message, hint="Copy the address of the recording's own page and paste it.", code="bad_link")


def _first(query: Mapping[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _youtube(host: str, parts: SplitResult) -> Link:
    query = parse_qs(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else {}
    segments = [segment for segment in parts.path.split("/") if segment]
    identifier = _first(query, "v")
    if host == "youtu.be":
        identifier = segments[0] if segments else ""
    elif segments and segments[0] in ("shorts", "embed", "live", "v") and len(segments) > 1:
        identifier = segments[1]
    start_s = seconds_of(_first(query, "t") or _first(query, "start"))
    if start_s is None and parts.fragment.startswith("t="):
        start_s = seconds_of(parts.fragment[2:])
    if _YOUTUBE_ID.fullmatch(identifier) and identifier != "videoseries":
        return Link(YOUTUBE, f"https://www.youtube.com/watch?v={identifier}", start_s=start_s)
    listed = _first(query, "list")
    if _YOUTUBE_LIST.fullmatch(listed):
        return Link(YOUTUBE, f"https://www.youtube.com/playlist?list={listed}", "list")
    raise _bad_link("This is a page of YouTube, but not that of a video.")


def _soundcloud(parts: SplitResult) -> Link:
    segments = [segment for segment in parts.path.split("/") if segment]
    secret = _first(parse_qs(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else {}, "secret_token")
    if len(segments) > 2 and _SOUNDCLOUD_SECRET.fullmatch(segments[-1]):
        secret = segments.pop()
    kind: Kind = "list" if len(segments) == 3 and segments[1] == "sets" else "track"
    names = [segments[0], segments[2]] if kind == "list" else segments
    known = len(names) == 2 and all(_SOUNDCLOUD_NAME.fullmatch(name) for name in names)
    if not known or names[0].lower() in _SOUNDCLOUD_OWN or (kind == "track" and names[1] == "sets"):
        raise _bad_link("This is a page of SoundCloud, but not that of a track.")
    if secret and not _SOUNDCLOUD_SECRET.fullmatch(secret):
        raise _bad_link("The private part of this link is malformed.")
    url = "https://soundcloud.com/" + "/".join([*segments, *([secret] if secret else [])])
    fragment = parts.fragment[2:] if parts.fragment.startswith("t=") else ""
    return Link(SOUNDCLOUD, url, kind, None if kind == "list" else _clock(unquote(fragment)))


def seconds_of(text: str) -> float | None:
    """Seconds of `90`, `90s`, `2m`, `1h2m3s`; None for anything else."""
    found = _CLOCK.fullmatch(text.lower())
    if not text or found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def _clock(text: str) -> float | None:
    """Seconds of `1:30` or of what `seconds_of` reads."""
    if re.fullmatch(r"\d{1,4}(?::\d{1,2}){1,2}", text):
        total = 0
        for part in text.split(":"):
            total = total * 60 + int(part)
        return float(total)
    return seconds_of(text)
