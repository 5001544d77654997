"""Geometry of windows and frames: integers of samples and frames, no rounding of times anywhere."""

from __future__ import annotations

import math

from sonotag.domain import SAMPLE_RATE_HZ, WINDOW_SAMPLES


def windows_in(samples: int) -> int:
    """How many windows cover `samples`; the last one may be shorter."""
    return -(-samples // WINDOW_SAMPLES)


def estimated_windows(duration_s: float | None) -> int | None:
    """Windows of a claimed duration, or None when nothing is claimed."""
    if duration_s is None or not math.isfinite(duration_s) or duration_s <= 0:
        return None
    return windows_in(round(duration_s * SAMPLE_RATE_HZ))


def frames_in(samples: int, frames_per_window: int) -> int:
    """Frames of a window of `samples` (<= 480,000) that hold any audio; the rest is padding and is cut away.

    A frame covers WINDOW_SAMPLES / frames_per_window samples; the last frame may be partly padding, so the
    time axis never ends before the audio and never later than one frame after it.
    """
    if not 0 <= samples <= WINDOW_SAMPLES:
        raise ValueError(f"a window has 0 to {WINDOW_SAMPLES} samples, not {samples}")
    return -(-samples * frames_per_window // WINDOW_SAMPLES)


def rows_in(samples: int, rows_per_second: int) -> int:
    """Rows of a picture (waveform, spectrogram) that cover `samples`; the last may be partly empty."""
    return -(-samples * rows_per_second // SAMPLE_RATE_HZ)
