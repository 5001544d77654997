"""The encode pipeline: order, padding, errors, early ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from sonotag.analysis.pipeline import EncodedWindow, encode_windows
from sonotag.domain import WINDOW_SAMPLES, Float32

FRAMES_PER_WINDOW = 4


def audio(samples: int) -> Float32:
    return np.arange(samples, dtype=np.float32)


def windows_of(samples: Float32) -> Iterator[Float32]:
    for start in range(0, samples.size, WINDOW_SAMPLES):
        yield samples[start : start + WINDOW_SAMPLES]


def frames_of(window: Float32) -> Float32:
    padded = np.pad(window, (0, WINDOW_SAMPLES - window.size))
    return padded.reshape(FRAMES_PER_WINDOW, -1)[:, :2] / 1000


def run(windows: Iterator[Float32], first_window: int = 0) -> list[EncodedWindow]:
    with ThreadPoolExecutor(1) as pool:
        groups = encode_windows(
            windows,
            lambda window: pool.submit(frames_of, window),
            lambda window: (window[:1],),
            frames_per_window=FRAMES_PER_WINDOW,
            first_window=first_window,
        )
        return [window for group in groups for window in group]


@pytest.mark.parametrize("samples", [1, WINDOW_SAMPLES, WINDOW_SAMPLES + 1, 30 * WINDOW_SAMPLES - 7])
def test_windows_come_in_order_with_frames_for_their_audio_only(samples: int) -> None:
    whole = audio(samples)
    encoded = run(windows_of(whole))
    assert [w.index for w in encoded] == list(range(-(-samples // WINDOW_SAMPLES)))
    assert sum(w.samples for w in encoded) == samples
    frame_samples = WINDOW_SAMPLES // FRAMES_PER_WINDOW
    assert sum(w.frames.shape[0] for w in encoded) == -(-samples // frame_samples)
    for window, original in zip(encoded, windows_of(whole), strict=True):
        assert window.frames.dtype == np.float16
        expected = frames_of(original)[: window.frames.shape[0]].astype(np.float16)
        np.testing.assert_array_equal(window.frames, expected)
        assert window.pictures[0][0] == original[0]


def test_numbering_goes_on_where_an_earlier_run_ended() -> None:
    assert [w.index for w in run(windows_of(audio(2 * WINDOW_SAMPLES)), first_window=5)] == [5, 6]


def test_samples_are_held_of_few_windows_only() -> None:
    asked: list[Future[Float32]] = []
    unfinished: list[int] = []

    def watched() -> Iterator[Float32]:
        for window in windows_of(audio(40 * WINDOW_SAMPLES)):
            unfinished.append(sum(not future.done() for future in asked))
            yield window

    def encode(window: Float32) -> Future[Float32]:
        asked.append(pool.submit(frames_of, window))
        return asked[-1]

    with ThreadPoolExecutor(1) as pool:
        groups = encode_windows(watched(), encode, lambda w: (), frames_per_window=FRAMES_PER_WINDOW, in_hand=3)
        assert sum(len(group) for group in groups) == 40
    # With the one that is asked for these are three.
    assert max(unfinished) <= 2


def test_an_error_of_the_decoder_comes_after_the_windows_before_it() -> None:
    def failing() -> Iterator[Float32]:
        yield audio(WINDOW_SAMPLES)
        yield audio(WINDOW_SAMPLES)
        raise OSError("the file ends here")

    seen: list[int] = []

    def watch() -> None:
        groups = encode_windows(
            failing(), lambda w: pool.submit(frames_of, w), lambda w: (), frames_per_window=FRAMES_PER_WINDOW
        )
        for group in groups:
            seen.extend(w.index for w in group)

    with ThreadPoolExecutor(1) as pool, pytest.raises(OSError, match="ends here"):
        watch()
    assert seen == [0, 1]


def test_an_error_of_the_encoder_is_raised() -> None:
    def broken(_: Float32) -> Future[Float32]:
        future: Future[Float32] = Future()
        future.set_exception(RuntimeError("no model"))
        return future

    groups = encode_windows(windows_of(audio(10)), broken, lambda w: (), frames_per_window=FRAMES_PER_WINDOW)
    with pytest.raises(RuntimeError, match="no model"):
        next(groups)


def test_closing_early_ends_the_reader() -> None:
    def endless() -> Iterator[Float32]:
        while True:
            yield audio(WINDOW_SAMPLES)

    before = threading.active_count()
    with ThreadPoolExecutor(1) as pool:
        groups = encode_windows(
            endless(), lambda w: pool.submit(frames_of, w), lambda w: (), frames_per_window=FRAMES_PER_WINDOW
        )
        next(groups)
        groups.close()
    assert threading.active_count() == before


def test_windows_that_nobody_waits_for_any_more_are_not_encoded() -> None:
    asked: list[Future[Float32]] = []

    def encode(window: Float32) -> Future[Float32]:
        asked.append(Future())
        if len(asked) == 1:
            asked[0].set_result(frames_of(window))
        return asked[-1]

    groups = encode_windows(
        windows_of(audio(40 * WINDOW_SAMPLES)), encode, lambda window: (), frames_per_window=FRAMES_PER_WINDOW
    )
    next(groups)
    deadline_s = time.monotonic() + 30
    while len(asked) < 3 and time.monotonic() < deadline_s:
        time.sleep(0.001)
    groups.close()
    assert len(asked) > 2
    assert [future.cancelled() for future in asked[1:]] == [True] * (len(asked) - 1)
