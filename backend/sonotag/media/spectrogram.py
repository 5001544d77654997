"""A spectrogram for the eye: mel bands in dB as bytes, twenty columns a second. Pure functions.

It is drawn behind the heatmap; no model ever sees it.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from sonotag.domain import SAMPLE_RATE_HZ

COLUMNS_PER_SECOND = 20
SAMPLES_PER_COLUMN = SAMPLE_RATE_HZ // COLUMNS_PER_SECOND
MEL_BANDS = 96
LOWEST_HZ = 40.0
HIGHEST_HZ = 16_000.0
FLOOR_DB = -100.0
TILE_COLUMNS = 512
MAX_LEVEL = 20

_FFT_SAMPLES = 4096
# A few columns at a time stay in the processor's cache.
_COLUMNS_AT_ONCE = 20
# The Fourier window reaches beyond its column on both sides, so that no click falls between two columns.
_OVERLAP_SAMPLES = (_FFT_SAMPLES - SAMPLES_PER_COLUMN) // 2


def columns_of(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the spectrogram of one window of 48 kHz `samples` [n] as uint8 [ceil(n / 2400), 96].

    Bands rise from 40 Hz to 16 kHz on the mel scale. 0 is -100 dBFS or less, 255 is 0 dBFS, the level of a
    sine of amplitude 1. A window is mirrored at its ends: its columns depend on nothing outside it.
    """
    if samples.size == 0:
        return np.empty((0, MEL_BANDS), dtype=np.uint8)
    count = -(-samples.size // SAMPLES_PER_COLUMN)
    tail = count * SAMPLES_PER_COLUMN - samples.size
    padded = np.pad(samples, (0, tail)) if tail else samples
    padded = np.pad(padded, _OVERLAP_SAMPLES, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT_SAMPLES)[::SAMPLES_PER_COLUMN]
    hann, filters, first_bin = _tables()
    heard = slice(2 * first_bin, 2 * first_bin + filters.shape[0])
    power = np.empty((count, MEL_BANDS), dtype=np.float32)
    part = np.empty((_COLUMNS_AT_ONCE, _FFT_SAMPLES), dtype=np.float32)
    spectra = np.empty((_COLUMNS_AT_ONCE, _FFT_SAMPLES // 2 + 1), dtype=np.complex64)
    for start in range(0, count, _COLUMNS_AT_ONCE):
        some = frames[start : start + _COLUMNS_AT_ONCE]
        size = some.shape[0]
        np.multiply(some, hann, out=part[:size])
        np.fft.rfft(part[:size], out=spectra[:size])  # pyright: ignore[reportArgumentType]  # takes it as it is
        np.matmul(np.square(spectra.view(np.float32)[:size, heard]), filters, out=power[start : start + size])
    levels_db = 10.0 * np.log10(np.maximum(power, 1e-12))
    return np.rint((np.clip(levels_db, FLOOR_DB, 0.0) - FLOOR_DB) * (255.0 / -FLOOR_DB)).astype(np.uint8)


@functools.lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Return the Hann window [4096], the filters [2 * bins, 96] (scaled to dBFS) and their first bin.

    A filter's weight comes twice in a row, for the squares of a bin's real and imaginary part.
    """
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_FFT_SAMPLES) / _FFT_SAMPLES)
    # One-sided power, so that the bins of a full-scale sine (mean square 1/2) add up to 1.
    scale = 4.0 / (_FFT_SAMPLES * np.square(hann).sum())
    edges_mel = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), MEL_BANDS + 2)
    edges_hz = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bin_hz = SAMPLE_RATE_HZ / _FFT_SAMPLES
    first_bin = int(LOWEST_HZ // bin_hz)
    last_bin = int(HIGHEST_HZ // bin_hz) + 1
    frequencies = np.arange(first_bin, last_bin + 1) * bin_hz
    rising = (frequencies[:, None] - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - frequencies[:, None]) / (edges_hz[2:] - edges_hz[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling)) * scale
    return hann.astype(np.float32), np.repeat(filters, 2, axis=0).astype(np.float32), first_bin


def _mel(frequency_hz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + frequency_hz / 700.0))


def tile(data: NDArray[np.uint8], level: int, index: int) -> NDArray[np.uint8]:
    """Return tile `index` of the columns `data` [N, 96] (a memory map will do) as uint8 [0..512, 96].

    At `level` L one column is the maximum of 2^L columns of `data`. The last tile is shorter, and those
    beyond the end are empty. Raises ValueError for a negative index or a level outside 0..20.
    """
    if not 0 <= level <= MAX_LEVEL or index < 0:
        raise ValueError(f"no tile {index} at level {level}")
    pooled = 1 << level
    start = index * TILE_COLUMNS * pooled
    part = data[start : start + TILE_COLUMNS * pooled]
    if level == 0 or part.shape[0] == 0:
        return np.array(part, dtype=np.uint8)
    whole = part.shape[0] // pooled
    rest = part[whole * pooled :]
    result = np.empty((whole + (rest.shape[0] > 0), MEL_BANDS), dtype=np.uint8)
    np.max(part[: whole * pooled].reshape(whole, pooled, MEL_BANDS), axis=1, out=result[:whole])
    if rest.shape[0]:
        np.max(rest, axis=0, out=result[whole])
    return result
