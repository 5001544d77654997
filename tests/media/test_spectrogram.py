"""The spectrogram for display: levels, bands, lengths, tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.media.spectrogram import (
    COLUMNS_PER_SECOND,
    MEL_BANDS,
    SAMPLES_PER_COLUMN,
    TILE_COLUMNS,
    columns_of,
    tile,
)


def sine(frequency_hz: float, amplitude: float, samples: int = WINDOW_SAMPLES) -> NDArray[np.float32]:
    return (amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / 48_000)).astype(np.float32)


@given(st.integers(0, 30_000))
def test_every_begun_column_is_there(samples: int) -> None:
    columns = columns_of(np.zeros(samples, np.float32))
    assert columns.dtype == np.uint8
    assert columns.shape == (-(-samples // SAMPLES_PER_COLUMN), MEL_BANDS)
    assert not columns.any()


def test_a_window_has_twenty_columns_a_second() -> None:
    assert columns_of(sine(440, 0.5)).shape == (10 * COLUMNS_PER_SECOND, MEL_BANDS)


@pytest.mark.parametrize("frequency_hz", [100, 440, 1_000, 4_000, 12_000])
@pytest.mark.parametrize("level_db", [0, -20, -60])
def test_a_sine_shows_its_level(frequency_hz: int, level_db: int) -> None:
    column = columns_of(sine(frequency_hz, 10 ** (level_db / 20)))[100]
    # Two neighbouring bands share a tone between them: half of its power is 3 dB.
    assert column.max() / 255 * 100 - 100 == pytest.approx(level_db, abs=3.3)


def test_higher_tones_are_in_higher_bands_and_nowhere_else() -> None:
    columns = [columns_of(sine(frequency_hz, 0.5))[100] for frequency_hz in (60, 200, 700, 2_000, 6_000, 15_000)]
    bands = [int(column.argmax()) for column in columns]
    assert bands == sorted(set(bands))
    assert bands[0] <= 2
    assert bands[-1] >= 90
    for column, band in zip(columns, bands, strict=True):
        far = np.abs(np.arange(MEL_BANDS) - band) > 6
        assert column[far].max() < 60


@pytest.mark.parametrize("offset", [0, 1, 1_199, 1_200, 2_399])
def test_no_click_falls_between_two_columns(offset: int) -> None:
    samples = np.zeros(WINDOW_SAMPLES, np.float32)
    samples[100 * SAMPLES_PER_COLUMN + offset] = 1.0
    columns = columns_of(samples).max(axis=1).astype(int)
    assert abs(int(columns.argmax()) - 100) <= 1
    assert columns.max() > 100
    assert not columns[:98].any()
    assert not columns[103:].any()


def test_loud_and_long_samples_stay_in_range() -> None:
    assert columns_of(np.full(WINDOW_SAMPLES, 100.0, np.float32)).max() <= 255
    assert columns_of(sine(1_000, 50.0)).max() == 255


@given(st.integers(0, 3_000), st.integers(0, 5), st.integers(0, 8))
def test_a_tile_is_the_maximum_of_what_it_covers(count: int, level: int, index: int) -> None:
    data = np.random.default_rng(count).integers(0, 256, (count, MEL_BANDS), dtype=np.uint8)
    result = tile(data, level, index)
    first = index * TILE_COLUMNS << level
    part = data[first : first + (TILE_COLUMNS << level)]
    assert result.dtype == np.uint8
    assert result.shape == (-(-part.shape[0] >> level), MEL_BANDS)
    for column in {0, result.shape[0] // 2, result.shape[0] - 1} if result.shape[0] else set[int]():
        np.testing.assert_array_equal(result[column], part[column << level : (column + 1) << level].max(axis=0))


def test_a_tile_of_a_memory_map_is_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "columns"
    np.arange(5 * MEL_BANDS, dtype=np.uint8).reshape(5, MEL_BANDS).tofile(path)
    data = np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, MEL_BANDS)
    result = tile(data, 0, 0)
    assert type(result) is np.ndarray
    assert result.base is None
    np.testing.assert_array_equal(result, data)


@pytest.mark.parametrize(("level", "index"), [(-1, 0), (21, 0), (0, -1)])
def test_impossible_tiles_are_a_mistake(level: int, index: int) -> None:
    with pytest.raises(ValueError, match="no tile"):
        tile(np.zeros((1, MEL_BANDS), np.uint8), level, index)
