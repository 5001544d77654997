"""The sample recording as a model hears it: real sound that is always at hand, to choose a fast way to run FLAM by."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from sonotag.domain import WINDOW_SAMPLES, Float32
from sonotag.errors import SonotagError
from sonotag.media.decode import Decoder, find_ffmpeg
from sonotag.sample import load_sample

log = logging.getLogger(__name__)


def sample_windows(ffmpeg: str | Path | None = None) -> Float32:
    """Its whole windows, [6, 480000] float32 at 48 kHz; none, and a word in the log, where it cannot be decoded.

    `ffmpeg` as :func:`sonotag.media.decode.find_ffmpeg` takes it.
    """
    try:
        with Decoder(find_ffmpeg(ffmpeg)).open(load_sample().path) as stream:
            windows = [window for window in stream if len(window) == WINDOW_SAMPLES]
    except SonotagError as error:
        log.warning("the sample recording cannot be decoded, so FLAM is tried on made sounds only: %s", error)
        windows = []
    return np.stack(windows) if windows else np.empty((0, WINDOW_SAMPLES), np.float32)
