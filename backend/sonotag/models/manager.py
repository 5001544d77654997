"""Which models there are, what state they are in, and which one new analyses use."""

from __future__ import annotations

import enum
import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sonotag.domain import WINDOW_SAMPLES, Problem
from sonotag.errors import CancelledError, ModelError, SonotagError
from sonotag.models.encoder import Encoder

log = logging.getLogger(__name__)

AUTO = "auto"
CLOSE_WAIT_S = 10.0
"""A model that is being read cannot be interrupted; the process does not wait for it longer than this."""


class ModelState(enum.StrEnum):
    """`ABSENT`: its weights are not on this machine, and nobody has asked for them."""

    ABSENT = "absent"
    DOWNLOADING = "downloading"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class LoadStage(enum.StrEnum):
    """What a model that is loading is at. The first two are for its first start, and may take a minute."""

    CONVERTING = "converting"
    MEASURING = "measuring"
    LOADING = "loading"


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """done_bytes: on disk, earlier tries included; total_bytes: None where the other side does not say."""

    file: str
    done_bytes: int
    total_bytes: int | None


class ModelSource(Protocol):
    """Where a model comes from. Its methods are called by the manager's thread."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def terms(self) -> str | None:
        """The licence that somebody has to accept before a download; None for a model that is not downloaded."""
        ...

    def absent(self) -> Problem | None:
        """What is missing and how to bring it by hand, or None when the model can be loaded."""
        ...

    def download(self, report: DownloadReport) -> None:
        """Brings what is missing, going on where an earlier try ended. What `report` raises ends it.

        Raises SonotagError.
        """
        ...

    def load(self, report: LoadReport) -> Encoder:
        """Raises SonotagError, or whatever else goes wrong."""
        ...


class DownloadReport(Protocol):
    def __call__(self, progress: DownloadProgress) -> None: ...


class LoadReport(Protocol):
    def __call__(self, stage: LoadStage) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model as the page shows it. `encoder` is there when `state` is READY, `progress` when DOWNLOADING, `stage`
    when LOADING and the source told.
    """

    name: str
    title: str
    terms: str | None
    state: ModelState
    encoder: Encoder | None = None
    problem: Problem | None = None
    progress: DownloadProgress | None = None
    stage: LoadStage | None = None


class ModelManager:
    """Loads models in a thread of its own, downloads them when asked to, and hands them out.

    `sources` are in order of preference: `auto` means the first one that is ready. They are loaded from the last to
    the first, so that the lightest is there at once.
    """

    def __init__(self, sources: Mapping[str, ModelSource], preferred: str = AUTO) -> None:
        self._sources = dict(sources)
        self._preferred = preferred
        self._changed = threading.Condition()
        self._status = {
            name: ModelStatus(name, source.title, source.terms, ModelState.LOADING) for name, source in sources.items()
        }
        self._wanted: queue.Queue[tuple[str, bool] | None] = queue.Queue()
        """Names to load, each with whether to download first; None ends the thread."""
        self._closing = threading.Event()
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to load and warm up the models that are here."""
        for name in reversed(self._sources):
            self._wanted.put((name, False))
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends a download, which a later one goes on with, and the thread."""
        self._closing.set()
        self._wanted.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_WAIT_S)

    def statuses(self) -> list[ModelStatus]:
        with self._changed:
            return list(self._status.values())

    def status(self, name: str = AUTO) -> ModelStatus:
        """The status of the model that `name` means now. Raises ModelError for a name that is not known."""
        with self._changed:
            wanted = self._preferred if name == AUTO else name
            if wanted != AUTO:
                if wanted not in self._status:
                    known = ", ".join(["auto", *self._status])
                    raise ModelError(
                        f'There is no model named "{name}".',
                        hint=f"Choose one of: {known}.",
                        code="unknown_model",
                    )
                return self._status[wanted]
            statuses = list(self._status.values())
            return next((s for s in statuses if s.state is ModelState.READY), statuses[-1])

    def encoder(self, name: str = AUTO, wait_s: float = 0.0) -> Encoder:
        """The encoder that `name` means now, waiting up to `wait_s` for one that is loading.

        Raises ModelError: unknown_model, model_absent, model_loading, model_failed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.status(name).state is not ModelState.LOADING, timeout=wait_s)
            status = self.status(name)
        if status.encoder is not None:
            return status.encoder
        if status.problem is not None:
            code = "model_absent" if status.state is ModelState.ABSENT else "model_failed"
            raise ModelError(status.problem.message, hint=status.problem.hint, code=code)
        doing = "being downloaded" if status.state is ModelState.DOWNLOADING else "still loading"
        raise ModelError(f"{status.title} is {doing}.", hint="Try again in a few seconds.", code="model_loading")

    def download(self, name: str, *, terms_accepted: bool) -> ModelStatus:
        """Begins to bring the model's weights, then loads it; also tries one again that failed.

        Raises ModelError: unknown_model, terms_not_accepted, or model_busy when it is ready or on its way.
        """
        with self._changed:
            status = self.status(name)
            if status.terms is None:
                raise ModelError(f"{status.title} is not downloaded.", hint="It comes with SonoTag.", code="model_busy")
            if not terms_accepted:
                raise ModelError(
                    f"{status.title}'s licence was not accepted.", hint=status.terms, code="terms_not_accepted"
                )
            if status.state not in (ModelState.ABSENT, ModelState.FAILED):
                raise ModelError(
                    f"{status.title} is {status.state.value} already.",
                    hint="Look at /api/model for how far it is.",
                    code="model_busy",
                )
            self._cancelled.clear()
            self._set(name, ModelState.DOWNLOADING)
            self._wanted.put((name, True))
            return self.status(name)

    def cancel_download(self) -> None:
        """Ends a download. What has come stays, and the next one goes on from there."""
        self._cancelled.set()

    def _run(self) -> None:
        while (wanted := self._wanted.get()) is not None and not self._closing.is_set():
            name, download = wanted
            try:
                if download:
                    self._sources[name].download(lambda progress, name=name: self._report(name, progress))
                self._load(name)
            except CancelledError:
                self._set(name, ModelState.ABSENT, problem=self._sources[name].absent())
            except SonotagError as error:
                log.warning("model %s: %s %s", name, error.message, error.details)
                self._set(name, ModelState.FAILED, problem=error.problem)
            except Exception as error:
                log.exception("model %s could not be loaded", name)
                title = self._sources[name].title
                reason = f"The server's log has the reason: {error}."
                problem = Problem("model_failed", f"{title} could not be loaded.", reason)
                self._set(name, ModelState.FAILED, problem=problem)

    def _report(self, name: str, progress: DownloadProgress) -> None:
        if self._closing.is_set() or self._cancelled.is_set():
            raise CancelledError("The download was cancelled.")
        self._set(name, ModelState.DOWNLOADING, progress=progress)

    def _load(self, name: str) -> None:
        source = self._sources[name]
        problem = source.absent()
        if problem is not None:
            self._set(name, ModelState.ABSENT, problem=problem)
            return
        self._set(name, ModelState.LOADING)
        encoder = source.load(lambda stage: self._set(name, ModelState.LOADING, stage=stage))
        # The first call allocates and chooses kernels: pay for that before anybody waits.
        encoder.encode_audio(np.zeros((1, WINDOW_SAMPLES), dtype=np.float32))
        log.info("model %s is ready, version %s", name, encoder.version)
        self._set(name, ModelState.READY, encoder=encoder)

    def _set(
        self,
        name: str,
        state: ModelState,
        *,
        encoder: Encoder | None = None,
        problem: Problem | None = None,
        progress: DownloadProgress | None = None,
        stage: LoadStage | None = None,
    ) -> None:
        with self._changed:
            source = self._sources[name]
            self._status[name] = ModelStatus(name, source.title, source.terms, state, encoder, problem, progress, stage)
            self._changed.notify_all()
