"""The published files from the hub: resumed where a download broke off, checked against the hub's own hashes.

The weights are Adobe's, under the Adobe Research License (non-commercial research only): whoever offers this download
shows that first. Import this module by its name; the package does not, so that a start without a download is lighter.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import httpx2
from huggingface_hub import (
    get_hf_file_metadata,  # pyright: ignore[reportUnknownVariableType]
    get_session,
    hf_hub_url,
)
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from openflam.errors import FetchError
from openflam.locate import CHECKPOINT_FILE, ENVIRONMENT_VARIABLE, REPOSITORY
from openflam.storage import exclusive, require_space, storage_errors, sync_folder

log = logging.getLogger(__name__)

TOKENIZER_REPOSITORY = "FacebookAI/roberta-base"
TOKENIZER_FILE = "tokenizer.json"
ATTEMPTS = 5
"""Tries in a row that bring nothing before a download is given up."""
TIMEOUT_S = 20.0
CHUNK_BYTES = 1 << 16


class Progress(NamedTuple):
    """file: its name; done_bytes: on disk, earlier tries included; total_bytes: None where the hub does not say."""

    file: str
    done_bytes: int
    total_bytes: int | None


class Fetched(NamedTuple):
    """Where the two files lie."""

    checkpoint: Path
    tokenizer: Path


OnProgress = Callable[[Progress], None]


def by_hand_hint(directory: Path) -> str:
    """What to do where the hub cannot be reached."""
    return (
        f"Where there is a network, get {CHECKPOINT_FILE} from https://huggingface.co/{REPOSITORY} and "
        f"{TOKENIZER_FILE} from https://huggingface.co/{TOKENIZER_REPOSITORY}, and put both into {directory} "
        f"(or elsewhere, and name the checkpoint by {ENVIRONMENT_VARIABLE})"
    )


def fetch_checkpoint(
    directory: str | Path,
    on_progress: OnProgress | None = None,
    *,
    revision: str = "main",
    endpoint: str | None = None,
    retry_delay_s: float = 1.0,
) -> Fetched:
    """Brings open_flam_oct17.pth and roberta-base's tokenizer.json into `directory`; what is there is not asked for.

    A break is retried, then raised; the next call goes on where it ended. `revision` is the checkpoint's; the published
    one's hash is not known to this package, so the bytes are checked against the hash that the hub states. `endpoint`
    is a hub's address other than HF_ENDPOINT's. `on_progress` is called with every piece of some 64 kB, in this thread;
    what it raises ends the download, and the next call resumes it.
    Raises FetchError, whose hint names the files and where to put them by hand, StorageError and its kin.
    """
    directory = Path(directory)
    with storage_errors(f"make {directory}"):
        directory.mkdir(parents=True, exist_ok=True)

    def fetch(repository: str, file: str, revision: str) -> Path:
        target = directory / file
        if not target.is_file():
            with exclusive(target):
                if not target.is_file():
                    url = hf_hub_url(repository, file, revision=revision, endpoint=endpoint)
                    Download(url, target, on_progress or (lambda _: None), retry_delay_s, endpoint).run()
        return target

    tokenizer = fetch(TOKENIZER_REPOSITORY, TOKENIZER_FILE, "main")  # first: a small one, to fail early
    return Fetched(fetch(REPOSITORY, CHECKPOINT_FILE, revision), tokenizer)


class Download:
    """One file from the hub. Bytes gather beside it in `.<name>.<hash>.part`, so another version starts anew."""

    def __init__(
        self, url: str, target: Path, on_progress: OnProgress, retry_delay_s: float, endpoint: str | None
    ) -> None:
        self._url, self._target, self._on_progress = url, target, on_progress
        self._retry_delay_s, self._endpoint = retry_delay_s, endpoint

    def run(self) -> None:
        try:
            # The hub's own address of a file is asked first: its answer has the size and hash, and where the bytes are.
            metadata = get_hf_file_metadata(self._url, timeout=TIMEOUT_S, endpoint=self._endpoint, token=False)
        except (HfHubHTTPError, httpx2.HTTPError, OfflineModeIsEnabled) as error:
            raise self._failed(error) from error
        tag, size = metadata.etag or "", metadata.size
        part = self._target.with_name(f".{self._target.name}.{re.sub('[^0-9A-Za-z]', '', tag)[:64]}.part")
        with storage_errors(f"write {part}"):
            if not tag or size is None:  # nothing tells whether an earlier part is of the same file
                part.unlink(missing_ok=True)
            part.touch()
            if size is not None:
                require_space(part.parent, size - part.stat().st_size)
        self._gather(metadata.location, part, size)
        with storage_errors(f"write {self._target}"):
            self._check(part, tag)
            part.replace(self._target)
            sync_folder(part.parent)

    def _gather(self, location: str, part: Path, size: int | None) -> None:
        """Appends to `part` until it is whole; raises FetchError after ATTEMPTS in a row that brought nothing."""
        fruitless = 0
        while True:
            before = part.stat().st_size
            try:
                self._stream(location, part, size)
                if size is None or part.stat().st_size == size:
                    return
                reason: Exception = OSError(f"the hub sent {part.stat().st_size} of {size} bytes")
            except httpx2.HTTPError as error:
                reason = error
            fruitless = 0 if part.stat().st_size > before else fruitless + 1
            if fruitless == ATTEMPTS:
                raise self._failed(reason) from reason
            log.info("%s broke off at %d bytes: %s", self._target.name, part.stat().st_size, reason)
            time.sleep(self._retry_delay_s * 2 ** max(fruitless - 1, 0))

    def _stream(self, location: str, part: Path, size: int | None) -> None:
        done = part.stat().st_size
        if size is not None and done > size:
            part.unlink()
            done = 0
        if done == size:
            return
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with get_session().stream(
            "GET", location, headers=headers, timeout=TIMEOUT_S, follow_redirects=True
        ) as response:
            response.raise_for_status()
            # A server that knows no ranges sends everything again.
            mode = "ab" if response.status_code == HTTPStatus.PARTIAL_CONTENT else "wb"
            with storage_errors(f"write {part}"):
                file = part.open(mode)
            with file:
                for chunk in response.iter_bytes(CHUNK_BYTES):
                    with storage_errors(f"write {part}"):
                        file.write(chunk)
                        file.flush()
                    self._on_progress(Progress(self._target.name, file.tell(), size))
                with storage_errors(f"write {part}"):
                    os.fsync(file.fileno())

    def _check(self, part: Path, tag: str) -> None:
        """The hub's tag is the SHA-256 of a large file and git's hash of a small one; another tag proves nothing."""
        with part.open("rb") as file:
            if re.fullmatch("[0-9a-f]{64}", tag):
                found = hashlib.file_digest(file, "sha256").hexdigest()
            elif re.fullmatch("[0-9a-f]{40}", tag):
                prefixed = hashlib.sha1(b"blob %d\0" % part.stat().st_size, usedforsecurity=False)
                found = hashlib.file_digest(file, lambda: prefixed).hexdigest()
            else:
                return
        if found != tag:
            part.unlink()
            raise self._failed(ValueError(f"its bytes have the hash {found} instead of {tag}"))

    def _failed(self, error: Exception) -> FetchError:
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return FetchError(f"cannot fetch {self._url}: {reason}", by_hand_hint(self._target.parent))
