"""A link fetched into a file, for the command line: through the same child and the same guard as on a server."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sonotag.jobs.download import DownloadSettings, egress_limits, fetch_spec
from sonotag.media.egress import EgressGuard
from sonotag.media.fetch import Fetch, FetchedInfo
from sonotag.media.links import parse_link
from sonotag.media.partial import storage_errors
from sonotag.media.ytdlp_version import newest


@contextmanager
def link_file(
    text: str,
    guard: EgressGuard,
    settings: DownloadSettings,
    on_progress: Callable[[float, float | None], None],
) -> Generator[Path]:
    """The media of a link in a file that is there as long as the context; tells bytes done and, when known, in all.

    Raises InputError (not_a_link, bad_link, site_not_allowed), LinkError, StorageError.
    """
    link = parse_link(text, settings.sites)
    done = 0
    total: float | None = None

    def describe(found: FetchedInfo) -> None:
        nonlocal total
        total = found.size_bytes

    with tempfile.TemporaryDirectory(prefix="sonotag-") as name:
        folder = Path(name)
        path = folder / "media"
        with (
            guard.session("command line", link.site.reach, egress_limits(settings.limits)) as session,
            storage_errors(),
            path.open("wb") as file,
        ):

            def keep(block: bytes) -> None:
                nonlocal done
                file.write(block)
                done += len(block)
                on_progress(done, total)

            spec = fetch_spec(link, session, settings, newest(settings.packages)[1])
            Fetch(spec, settings.limits, folder).run(describe, keep)
        yield path
