"""Links being fetched: one thread and one child process each, their bytes going where an upload's would."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sonotag.domain import Chapter, LinkInfo, Recording, Source, SourceKind
from sonotag.errors import BusyError, CancelledError, InputError, SonotagError
from sonotag.jobs.incoming import Incoming
from sonotag.jobs.library import Library
from sonotag.jobs.room import PatientSink
from sonotag.media.cut import Cutter, EnoughError
from sonotag.media.decode import Decoder
from sonotag.media.egress import EgressGuard, EgressLimits, Session
from sonotag.media.fetch import Fetch, FetchedInfo, FetchLimits, FetchSpec
from sonotag.media.fetch_errors import LinkError, link_error
from sonotag.media.links import Link, Site, Sites, parse_link
from sonotag.media.thumbnails import fetch_thumbnail
from sonotag.media.ytdlp_version import newest, update
from sonotag.store.disk import Disk
from sonotag.store.files import DataDirectory

log = logging.getLogger(__name__)

LIST_NOTE = "The link is that of a list; its first recording was taken."


@dataclass(frozen=True, slots=True)
class DownloadSettings:
    """What the operator allows and gives.

    `cache`: what yt-dlp remembers of sites between jobs. `packages`: where a newer yt-dlp may be, and is put when
    `update`. `certificates`: a CA file to trust instead of the usual ones.
    """

    sites: Sites
    limits: FetchLimits
    at_once: int
    decoder: Decoder
    cache: Path
    packages: Path
    update: bool = False
    cookies: Path | None = None
    certificates: Path | None = None


class Downloads:
    """Fetches links into the library."""

    def __init__(
        self,
        library: Library,
        data: DataDirectory,
        disk: Disk,
        guard: Callable[[], EgressGuard],
        settings: DownloadSettings,
    ) -> None:
        """`guard` is asked for when the first link comes: most servers at home never need it."""
        self._library = library
        self._data = data
        self._disk = disk
        self._new_guard = guard
        self._guard: EgressGuard | None = None
        self._settings = settings
        self._lock = threading.Lock()
        self._running: dict[threading.Thread, Fetch] = {}
        self._closing = False
        self.ytdlp, self._packages = newest(settings.packages)
        if settings.update:
            threading.Thread(target=self._update, name="yt-dlp update", daemon=True).start()

    def _update(self) -> None:
        if update(self._settings.packages):
            self.ytdlp, self._packages = newest(self._settings.packages)
            log.info("yt-dlp is now %s", self.ytdlp.version if self.ytdlp else "missing")

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites whose links are taken."""
        return self._settings.sites.all()

    @property
    def running(self) -> int:
        with self._lock:
            return len(self._running)

    def read(self, text: str) -> Link:
        """What `text` links to. Raises InputError (not_a_link, bad_link, site_not_allowed)."""
        return parse_link(text, self._settings.sites)

    def start(self, text: str, owner: str, start_s: float | None = None, end_s: float | None = None) -> Recording:
        """Begins to fetch what `text` links to, or a stretch of it; the recording is there at once, as FETCHING.

        Raises InputError (not_a_link, bad_link, site_not_allowed, bad_range), BusyError, StorageError.
        """
        link = parse_link(text, self._settings.sites)
        if end_s is not None and end_s <= (start_s or 0.0):
            raise InputError(
                "The stretch ends before it begins.", hint="Give an end that is later than the start.", code="bad_range"
            )
        with self._lock:
            if self._closing:
                raise BusyError("The server is stopping.", hint="Try again in a minute.", retry_after_s=30)
            if len(self._running) >= self._settings.at_once:
                raise BusyError(
                    f"The server is fetching {len(self._running)} links already.",
                    hint="Try again when one of them is done.",
                    retry_after_s=20,
                )
            note = LIST_NOTE if link.kind == "list" else None
            info = LinkInfo(link.site.title, link.url, note=note, start_s=start_s or None, end_s=end_s)
            source = Source(SourceKind.URL, "", "application/octet-stream", 0, playable=False, url=link.url)
            incoming = self._library.receive(_title_of(link), source, owner, link=info)
            return self._begin(link, info, incoming)

    def restore(self) -> None:
        """Begins anew to fetch what an earlier run was fetching; its analysis goes on where it was."""
        for recording in self._library.arriving_links():
            info = recording.link
            assert info is not None
            try:
                link = parse_link(info.url, self._settings.sites)
                with self._lock:
                    self._begin(link, info, self._library.receive_again(recording, 0))
            except SonotagError as error:
                # It stays without a writer, which is how the library knows that it was interrupted.
                log.warning("link of %s is not fetched again: %s", recording.id, error.message)

    def _begin(self, link: Link, info: LinkInfo, incoming: Incoming) -> Recording:
        settings = self._settings
        if self._guard is None:
            self._guard = self._new_guard()
        stack = self._guard.session(
            incoming.recording_id,
            link.site.reach,
            egress_limits(settings.limits),
        )
        session = stack.__enter__()
        spec = fetch_spec(link, session, settings, self._packages)
        limits = settings.limits
        if info.end_s is not None and info.end_s - (info.start_s or 0.0) <= limits.max_duration_s:
            limits = replace(limits, max_duration_s=math.inf)  # what counts is what is kept
        fetch = Fetch(spec, limits, self._data.incoming)
        incoming.on_stop = fetch.cancel

        def work() -> None:
            try:
                self._fetch(fetch, session, info, incoming)
            finally:
                stack.__exit__(None, None, None)
                with self._lock:
                    self._running.pop(thread, None)

        thread = threading.Thread(target=work, name="fetch", daemon=True)
        self._running[thread] = fetch
        thread.start()
        return self._library.recording(incoming.recording_id)

    def _fetch(self, fetch: Fetch, session: Session, info: LinkInfo, incoming: Incoming) -> None:
        def describe(found: FetchedInfo) -> None:
            self._describe(found, session, info, incoming)

        try:
            if info.start_s is None and info.end_s is None:
                fetch.run(describe, PatientSink(incoming, self._disk).write)
            else:
                self._fetch_stretch(fetch, describe, info, incoming)
            incoming.finish()
        except CancelledError:
            log.info("fetching of %s was cancelled", incoming.recording_id)
            # Stopped by a reader, who has seen to the rest; or the server stops, and the next start tells of it.
        except SonotagError as error:
            if isinstance(error, LinkError) and session.refusals:
                # Whatever yt-dlp made of it: the guard had to hold it back.
                details = "; ".join([error.details, *session.refusals])
                error = link_error("link_refused_address", info.site, details)
            log.warning("link of %s failed: %s %s", incoming.recording_id, error.code, error.details)
            incoming.fail(error)
        except Exception as error:
            log.exception("link of %s failed unexpectedly", incoming.recording_id)
            incoming.fail(link_error("link_failed", info.site, repr(error)))

    def _fetch_stretch(
        self, fetch: Fetch, describe: Callable[[FetchedInfo], None], info: LinkInfo, incoming: Incoming
    ) -> None:
        decoder = self._settings.decoder
        sink = PatientSink(incoming, self._disk).write
        cutter = Cutter(decoder.ffmpeg, decoder.limits.process, info.start_s or 0.0, info.end_s, sink)

        def stop() -> None:
            fetch.cancel()
            cutter.kill()

        incoming.on_stop = stop
        try:
            # Its end ends the fetching, often long before that of the media.
            with contextlib.suppress(EnoughError):
                fetch.run(describe, cutter.write)
            cutter.finish()
        finally:
            cutter.close()

    def _describe(self, found: FetchedInfo, session: Session, info: LinkInfo, incoming: Incoming) -> None:
        link = replace(
            info,
            uploader=found.uploader,
            duration_s=found.duration_s,
            chapters=_chapters_within(found.chapters, info.start_s or 0.0, info.end_s or math.inf),
            note=LIST_NOTE if found.listed else info.note,
        )
        changes: dict[str, object] = {"link": link, "source_filename": _filename_of(found)}
        if found.title:
            changes["title"] = found.title
        if found.duration_s is not None:
            end_s = min(found.duration_s, info.end_s or math.inf)
            changes["duration_s"] = max(0.0, end_s - (info.start_s or 0.0))
        if found.size_bytes is not None and info.start_s is None and info.end_s is None:
            changes["expected_bytes"] = found.size_bytes
        incoming.describe(**changes)
        if found.thumbnail is not None:
            url = found.thumbnail
            # Beside the media, which must not wait for a picture.
            threading.Thread(
                target=self._picture, args=(url, session, link, incoming), name="thumbnail", daemon=True
            ).start()

    def _picture(self, url: str, session: Session, link: LinkInfo, incoming: Incoming) -> None:
        destination = self._data.files_of(incoming.recording_id).thumbnail
        if fetch_thumbnail(url, session.proxy_url, destination, self._settings.certificates):
            incoming.describe(link=replace(link, thumbnail=True))

    def close(self) -> None:
        """Ends every child process and waits for the threads."""
        with self._lock:
            self._closing = True
            running = dict(self._running)
        for fetch in running.values():
            fetch.cancel()
        for thread in running:
            thread.join()
        if self._guard is not None:
            self._guard.close()


def egress_limits(limits: FetchLimits) -> EgressLimits:
    """What fetching may ask of the guard: the media, and pages beside it."""
    return EgressLimits(max_bytes=limits.max_bytes + 64 * 1024**2, wall_s=limits.wall_s)


def fetch_spec(link: Link, session: Session, settings: DownloadSettings, packages: Path | None) -> FetchSpec:
    """How `link` is fetched through `session`, by the yt-dlp in `packages` or the installed one."""
    return FetchSpec(
        link.site.title,
        link.url,
        link.extractors,
        session.proxy_url,
        cache=settings.cache,
        cookies=settings.cookies,
        certificates=settings.certificates,
        packages=packages,
    )


def _title_of(link: Link) -> str:
    return link.url.removeprefix("https://").removeprefix("www.")


def _chapters_within(chapters: tuple[Chapter, ...], start_s: float, end_s: float) -> tuple[Chapter, ...]:
    """Chapters of a stretch, on its own time; the one that it begins in begins with it."""
    begun = [chapter for chapter in chapters if chapter.start_s <= start_s][-1:]
    later = [chapter for chapter in chapters if start_s < chapter.start_s < end_s]
    return tuple(Chapter(max(0.0, chapter.start_s - start_s), chapter.title) for chapter in begun + later)


def _filename_of(found: FetchedInfo) -> str:
    return f"{(found.title or 'recording')[:150]}.{found.extension or 'audio'}".replace("/", "_")
