"""Which models there are, what state they are in, and which one new analyses use."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sonotag.domain import WINDOW_SAMPLES, Problem
from sonotag.errors import ModelError
from sonotag.models.encoder import Encoder

log = logging.getLogger(__name__)

AUTO = "auto"


class ModelState(enum.StrEnum):
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model as the page shows it. `encoder` is there when `state` is READY."""

    name: str
    title: str
    state: ModelState
    encoder: Encoder | None = None
    problem: Problem | None = None


class ModelManager:
    """Loads models in the background and hands them out.

    `factories` maps a model's name to (title, function that builds its encoder), in order of preference: `auto`
    means the first one that is ready.
    """

    def __init__(self, factories: Mapping[str, tuple[str, Callable[[], Encoder]]], preferred: str = AUTO) -> None:
        self._factories = dict(factories)
        self._preferred = preferred
        self._changed = threading.Condition()
        self._status = {name: ModelStatus(name, title, ModelState.LOADING) for name, (title, _) in factories.items()}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to load and warm up the models, one after the other, in a thread of its own."""
        self._thread = threading.Thread(target=self._load_all, name="models", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join()

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

        Raises ModelError: unknown_model, model_loading, model_failed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.status(name).state is not ModelState.LOADING, timeout=wait_s)
            status = self.status(name)
        if status.encoder is not None:
            return status.encoder
        if status.problem is not None:
            raise ModelError(status.problem.message, hint=status.problem.hint, code="model_failed")
        raise ModelError(f"{status.title} is still loading.", hint="Try again in a few seconds.", code="model_loading")

    def _load_all(self) -> None:
        for name, (title, build) in self._factories.items():
            try:
                encoder = build()
                # The first call allocates and chooses kernels: pay for that before anybody waits.
                encoder.encode_audio(np.zeros((1, WINDOW_SAMPLES), dtype=np.float32))
                status = ModelStatus(name, encoder.title, ModelState.READY, encoder)
                log.info("model %s is ready, version %s", name, encoder.version)
            except Exception as error:
                log.exception("model %s could not be loaded", name)
                problem = Problem(
                    "model_failed",
                    f"{title} could not be loaded.",
                    f"The server's log has the reason: {error}.",
                )
                status = ModelStatus(name, title, ModelState.FAILED, problem=problem)
            with self._changed:
                self._status[name] = status
                self._changed.notify_all()
