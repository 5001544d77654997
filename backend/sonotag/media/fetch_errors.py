"""What yt-dlp says when a link cannot be fetched, in words that help: a stable code, a sentence, a next step."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from sonotag.domain import Problem
from sonotag.errors import SonotagError

LONGEST_DETAILS = 600
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
UPLOAD_INSTEAD = "Download the audio yourself and drop the file here."


class LinkError(SonotagError):
    """A link that was understood but cannot be fetched. `details` is the raw reason."""

    code = "link_failed"

    @property
    def problem(self) -> Problem:
        """With the first line of the raw reason, which is yt-dlp's; what follows it is for the log alone."""
        said = _CREDENTIALS.sub("//", self.details.partition("\n")[0])[:LONGEST_DETAILS]
        return replace(super().problem, details=said or None)


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]


def _rule(code: str, *patterns: str) -> _Rule:
    return _Rule(code, re.compile("|".join(patterns), re.IGNORECASE))


# In this order: a bot wall also says "sign in", an age gate also "unavailable".
_RULES = (
    # The page was there: what is missing now is a piece of the media.
    _rule("link_network", r"\[download\] Got error: (?!HTTP Error 4(?:03|29))"),
    _rule("link_sign_in", r"not a bot", r"IP is likely being blocked", r"LOGIN_REQUIRED"),
    _rule("link_age_restricted", r"confirm your age", r"age[- ]restricted", r"inappropriate for some users"),
    _rule("link_preview_only", r"DRM", r"Requested format is not available", r"Go\+", r"only available as a preview"),
    _rule(
        "link_region_locked",
        r"not (?:made this video )?available (?:in|from) your (?:country|location|region)",
        r"geo[- ]?restrict",
        r"blocked it in your country",
        r"only available in",
    ),
    _rule("link_rate_limited", r"HTTP Error 429", r"Too Many Requests", r"rate[- ]limit", r"try again later"),
    _rule("link_private", r"private", r"members[- ]only", r"join this channel", r"HTTP Error 401"),
    _rule(
        "link_removed",
        r"HTTP Error 404",
        r"HTTP Error 410",
        r"\bremoved\b",
        r"terminated",
        r"no longer available",
        r"video (?:is )?(?:not available|unavailable)",
        r"does not exist",
    ),
    _rule("link_sign_in", r"sign in", r"log ?in", r"registered users", r"account", r"cookies"),
    _rule("link_live", r"live event", r"will begin", r"premieres in", r"is not currently live"),
    _rule("link_refused_address", r"Tunnel connection failed: 403"),
    _rule(
        "link_network",
        r"timed out",
        r"timeout",
        r"Connection (?:refused|reset|aborted)",
        r"Name or service not known",
        r"Temporary failure in name resolution",
        r"Tunnel connection failed",
        r"ProxyError",
        r"Unable to connect to proxy",
        r"Remote end closed",
        r"IncompleteRead",
        r"bytes read, \d+ more expected",
        r"Did not get any data blocks",
        r"fragment \d+ not found",
        r"Giving up after",
        r"HTTP Error 5\d\d",
        r"SSL",
    ),
    _rule(
        "ytdlp_outdated",
        r"Unable to extract",
        r"please report this issue",
        r"Signature extraction failed",
        r"nsig extraction failed",
        r"No video formats found",
        r"challenge solving failed",
        r"HTTP Error 403",
    ),
)

_WORDS: dict[str, tuple[str, str]] = {
    "link_sign_in": (
        "{site} wants a sign-in, or takes this server for a robot.",
        "Servers in data centres meet this often. " + UPLOAD_INSTEAD,
    ),
    "link_age_restricted": ("{site} shows this only to signed-in adults.", UPLOAD_INSTEAD),
    "link_preview_only": (
        "{site} gives this recording only as a preview, or protected against copying.",
        "A preview is never analysed as if it were the whole. If you have the recording, drop the file here.",
    ),
    "link_region_locked": ("{site} does not show this recording where the server stands.", UPLOAD_INSTEAD),
    "link_rate_limited": (
        "{site} has had too many requests from this server.",
        "Try again {wait}. If you cannot wait, download the audio yourself and drop the file here.",
    ),
    "link_private": (
        "This recording is private, or for members only.",
        "Ask its owner for a link that others may open, or for the file.",
    ),
    "link_removed": ("There is no recording at this address (any more).", "Check the link in your browser."),
    "link_live": (
        "This is a live broadcast that is still going on, or has not begun.",
        "Paste the link again when it is over and its recording is there.",
    ),
    "link_too_long": ("The recording is too long: {hours:.1f} hours; at most {max_hours:.3g} are taken.", ""),
    "link_too_large": ("The recording has too many bytes; at most {max_gb:.3g} GB are taken.", UPLOAD_INSTEAD),
    "link_timeout": (
        "Fetching took longer than this server allows.",
        "Try again later, or download the audio yourself and drop the file here.",
    ),
    "link_network": (
        "The connection to {site} failed on the way.",
        "Try again in a few minutes. If it goes on, the server may have no way to {site}.",
    ),
    "link_refused_address": (
        "The page at this link leads to an address that this server does not connect to.",
        UPLOAD_INSTEAD,
    ),
    "ytdlp_outdated": (
        "{site} has changed, and this server's yt-dlp does not understand it any more.",
        "Whoever runs this server can update yt-dlp (see docs/links.md). Until then, drop the file here.",
    ),
    "link_empty_list": ("This list is empty.", "Paste the link of a recording."),
    "link_failed": ("{site} did not give this recording.", "Check that it plays in your browser. " + UPLOAD_INSTEAD),
}


def link_error(code: str, site: str, details: str = "", **values: Any) -> LinkError:
    """The error of this code. `values`: what its sentence wants to know."""
    message, hint = _WORDS[code]
    names = {"site": site, "wait": wait_words(None), **values}
    return LinkError(message.format(**names), hint=hint.format(**names), code=code, details=details)


LONGEST_WAIT_S = 7 * 86_400.0


def wait_words(retry_after_s: float | None) -> str:
    """When to try again, from what the site asks for; sites that ask for nothing mostly forgive within an hour."""
    if retry_after_s is None or not 0 <= retry_after_s <= LONGEST_WAIT_S:
        return "in an hour"
    minutes = max(1, math.ceil(retry_after_s / 60))
    if minutes < 90:
        return "in a minute" if minutes == 1 else f"in {minutes} minutes"
    hours = math.ceil(minutes / 60)
    return f"in {hours} hours" if hours < 36 else f"in {math.ceil(hours / 24)} days"


def code_of(message: str) -> str:
    """The code for what yt-dlp said."""
    return next((rule.code for rule in _RULES if rule.pattern.search(message)), "link_failed")
