"""The built-in tagger on OpenVINO: the numbers of its definition without torch, and torch where it cannot be used."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import NoReturn

import numpy as np
import openvino
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.domain import WINDOW_SAMPLES, Float32
from sonotag.errors import ModelError
from sonotag.models.builtin import BuiltinEncoder
from sonotag.models.tagger import Tagger, tagger_from
from sonotag.models.tagger_format import TaggerConfig, TaggerMetadata, TaggerWeights, read_weights
from sonotag.models.tagger_openvino import OpenVinoTagger, Spectra
from sonotag.sample import load_sample
from sonotag.settings import Settings

WEIGHTS = Settings().weights
TOLERANCE = 1e-3


class Both:
    """The same weights on both engines."""

    def __init__(self, weights: TaggerWeights) -> None:
        self.definition = tagger_from(weights)
        self.openvino = OpenVinoTagger(weights, threads=1)

    def assert_equal(self, windows: Float32) -> None:
        """Frames and scores of [B, 480000] agree and are finite."""
        ours = self.openvino.frames(windows)
        with torch.inference_mode():
            frames = self.definition.frames(torch.as_tensor(windows))
            scores = torch.sigmoid(self.definition.logits(frames)).numpy()
            our_scores = torch.sigmoid(self.definition.logits(torch.as_tensor(ours))).numpy()
        assert ours.dtype == np.float32
        assert np.isfinite(ours).all()
        np.testing.assert_allclose(ours, frames.numpy(), atol=TOLERANCE, rtol=0)
        np.testing.assert_allclose(our_scores, scores, atol=TOLERANCE, rtol=0)


@pytest.fixture(scope="module")
def both() -> Both:
    return Both(read_weights(WEIGHTS))


@pytest.fixture(scope="module")
def sample_windows() -> Float32:
    """[6, 480000] of the recording that comes with the package."""
    samples, rate_hz = soundfile.read(load_sample().path, dtype="float32")
    assert rate_hz == 48_000
    return samples[: 6 * WINDOW_SAMPLES].reshape(6, WINDOW_SAMPLES)


def test_real_sounds_give_the_same_frames_and_scores(both: Both, sample_windows: Float32) -> None:
    both.assert_equal(sample_windows)
    # Not by being the same for everything: what is heard changes from window to window.
    frames = both.openvino.frames(sample_windows)
    assert float(np.abs(frames[0] - frames[1]).max()) > 0.1


def test_the_mel_spectra_agree_in_decibels(both: Both, sample_windows: Float32) -> None:
    """Where a band is over the floor and within 60 dB of its column's loudest; below, a transform's rounding shows."""
    config = both.definition.config
    spectra = Spectra(config)
    for window in sample_windows:
        expected = both.definition.log_mel(torch.as_tensor(window[None]))[0].numpy()
        power = spectra.parts(window) @ spectra.part_filters
        ours = 10 * np.log10(power + 10 ** (config.floor_db / 10))
        clear = (expected > config.floor_db + 10) & (expected > expected.max(axis=1, keepdims=True) - 60)
        assert clear.mean() > 0.2
        np.testing.assert_allclose(ours[clear], expected[clear], atol=TOLERANCE, rtol=0)


def test_silence_impulses_and_wild_samples_give_the_same(both: Both) -> None:
    silence = np.zeros(WINDOW_SAMPLES, np.float32)
    wild = np.sin(np.arange(WINDOW_SAMPLES, dtype=np.float32) / 9)
    wild[100:200], wild[300], wild[400], wild[500:600] = np.nan, np.inf, -np.inf, 1e30
    tiny = np.full(WINDOW_SAMPLES, 1e-38, np.float32)
    nothing = np.full(WINDOW_SAMPLES, np.nan, np.float32)
    edges = silence.copy()
    edges[[0, 1, 374, 375, 393, WINDOW_SAMPLES // 2, -394, -2, -1]] = 1.0
    both.assert_equal(np.stack([silence, wild, tiny, nothing, edges]))


@st.composite
def audio(draw: st.DrawFn) -> Float32:
    """A window of noise at some level, a tone, and a few samples that may be anything."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    level = 10.0 ** draw(st.floats(-9, 1.5))
    frequency = draw(st.floats(0.0, 0.5))
    samples = rng.standard_normal(WINDOW_SAMPLES) * level * draw(st.sampled_from([0.0, 1.0]))
    samples += draw(st.floats(0, 1)) * np.sin(2 * np.pi * frequency * np.arange(WINDOW_SAMPLES))
    window = samples.astype(np.float32)
    anything = st.floats(width=32, allow_nan=True, allow_infinity=True)
    for place, value in draw(st.dictionaries(st.integers(0, WINDOW_SAMPLES - 1), anything, max_size=8)).items():
        window[place] = value
    return window


@settings(max_examples=25)
@given(window=audio())
def test_any_sound_gives_the_same(both: Both, window: Float32) -> None:
    both.assert_equal(window[None])


CONFIGS = [
    TaggerConfig(channels=(4, 6), strides=((2, 2), (4, 1)), dilations=(3,), dim=5, n_mels=16),
    TaggerConfig(
        channels=(3, 5, 4), strides=((1, 1), (2, 2), (4, 2)), dilations=(), dim=6, hop_samples=1500, n_fft=2048
    ),
    TaggerConfig(
        channels=(4, 6, 5),
        strides=((2, 2), (4, 2), (1, 2)),
        dilations=(2,),
        dim=8,
        n_mels=16,
        members=3,
    ),
    TaggerConfig(
        channels=(4, 6),
        strides=((2, 2), (4, 1)),
        dilations=(1,),
        dim=8,
        n_mels=16,
        members=2,
        joined_dim=3,
        smoothing_frames=5,
    ),
    TaggerConfig(channels=(4, 6), strides=((2, 2), (4, 1)), dilations=(1,), dim=8, steady_unrest=(0.5, 3.0)),
]


@pytest.mark.parametrize("config", CONFIGS)
def test_networks_of_other_shapes_are_built_as_they_are_defined(config: TaggerConfig) -> None:
    torch.manual_seed(5)
    network = Tagger(config, n_labels=3).requires_grad_(False)
    if config.joined_dim:
        torch.nn.init.normal_(network.join)
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    weights = TaggerWeights(config, TaggerMetadata("0", ("a", "b", "c"), (), ""), state)
    noise = np.random.default_rng(1).standard_normal((1, WINDOW_SAMPLES)).astype(np.float32) * 0.1
    Both(weights).assert_equal(noise)


def test_a_window_gives_the_same_bytes_whatever_came_before_and_beside_it(both: Both, sample_windows: Float32) -> None:
    together = both.openvino.frames(sample_windows[:3])
    alone = np.concatenate([both.openvino.frames(sample_windows[index : index + 1]) for index in (2, 0, 1)])
    assert together.tobytes() == alone[[1, 2, 0]].tobytes()


def test_frames_are_not_overwritten_by_the_next_window(both: Both, sample_windows: Float32) -> None:
    first = both.openvino.frames(sample_windows[:1])
    before = first.copy()
    both.openvino.frames(sample_windows[1:2])
    assert first.tobytes() == before.tobytes()


def test_no_windows_give_no_frames_and_other_lengths_are_refused(both: Both) -> None:
    none = both.openvino.frames(np.zeros((0, WINDOW_SAMPLES), np.float32))
    assert none.shape == (0, 80, both.definition.config.frame_dim)
    with pytest.raises(ValueError, match="480000"):
        both.openvino.frames(np.zeros((1, WINDOW_SAMPLES - 1), np.float32))


@pytest.fixture
def without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where it is not installed."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.delitem(sys.modules, "sonotag.models.tagger_openvino")


def test_without_openvino_torch_runs_it_and_the_log_says_why(
    without_openvino: None, caplog: pytest.LogCaptureFixture, sample_windows: Float32, both: Both
) -> None:
    with caplog.at_level(logging.WARNING, "sonotag"):
        encoder = BuiltinEncoder(WEIGHTS, threads=1)
    assert encoder.engine == "torch"
    assert "OpenVINO" in caplog.text
    frames = encoder.encode_audio(sample_windows[:1])
    np.testing.assert_allclose(frames, both.openvino.frames(sample_windows[:1]), atol=TOLERANCE, rtol=0)


def test_an_openvino_that_breaks_is_told_and_replaced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> NoReturn:
        raise RuntimeError("no plugin for this processor")

    monkeypatch.setattr(openvino.Core, "compile_model", broken)
    with caplog.at_level(logging.WARNING, "sonotag"):
        assert BuiltinEncoder(WEIGHTS, threads=1).engine == "torch"
    assert "no plugin for this processor" in caplog.text
    with pytest.raises(ModelError) as refused:
        BuiltinEncoder(WEIGHTS, threads=1, engine="openvino")
    assert "no plugin for this processor" in refused.value.hint


def test_an_engine_that_computes_nonsense_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenVinoTagger, "frames", lambda _, windows: np.full((len(windows), 80, 128), np.nan))
    assert BuiltinEncoder(WEIGHTS, threads=1).engine == "torch"


def test_both_engines_are_the_same_model() -> None:
    ours, definition = (BuiltinEncoder(WEIGHTS, threads=1, engine=engine) for engine in ("openvino", "torch"))
    assert (ours.engine, definition.engine) == ("openvino", "torch")
    assert ours.version == definition.version
    assert ours.labels == definition.labels
    assert ours.frames_per_window == definition.frames_per_window
    prompts = ["dog barking", "rain"]
    np.testing.assert_array_equal(ours.encode_text(prompts).vectors, definition.encode_text(prompts).vectors)


def test_torch_is_not_imported_nor_does_anything_report_its_use() -> None:
    code = (
        "import sys, numpy\n"
        "from sonotag.models.builtin import BuiltinEncoder\n"
        "from sonotag.settings import Settings\n"
        "encoder = BuiltinEncoder(Settings().weights, threads=1, engine='openvino')\n"
        "assert encoder.encode_audio(numpy.zeros((1, 480000), numpy.float32)).shape == (1, 80, encoder.dimension)\n"
        "loaded = {name.partition('.')[0] for name, module in sys.modules.items() if module is not None}\n"
        "print(sorted(loaded & {'torch', 'openflam', 'openvino_telemetry', 'tokenizers', 'huggingface_hub'}))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""
