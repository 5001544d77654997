"""The built-in tagger on OpenVINO: the network of ``tagger.Tagger``, built from the weights without torch.

The spectra are NumPy's, a few columns at a time so that they stay in the cache; the rest is one compiled graph.
"""

# OpenVINO's stubs say of most operations what they return, but not what they take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from sonotag.domain import Float32
from sonotag.models.tagger_format import (
    DRIFT_FRAMES,
    MAX_ABS_SAMPLE,
    UNREST_FRAMES,
    TaggerConfig,
    TaggerWeights,
    kernel_size,
    mel_filterbank,
    stft_window,
)

# OpenVINO's tools report their use to their maker when this module is there; a server of recordings reports nothing.
sys.modules.setdefault("openvino_telemetry", None)  # pyright: ignore[reportArgumentType]

import openvino as ov  # noqa: E402
import openvino.opset15 as op  # noqa: E402

COLUMNS_AT_ONCE = 64
LAYER_NORM_EPSILON = 1e-5


class OpenVinoTagger:
    """Windows -> frames, as ``tagger.Tagger.frames``. One thread at a time may call it: its buffers are its own."""

    def __init__(self, weights: TaggerWeights, threads: int) -> None:
        """`threads` bounds OpenVINO's pool. Raises RuntimeError where OpenVINO cannot run on this processor."""
        self._config = weights.config
        self._spectra = Spectra(weights.config)
        compiled = ov.Core().compile_model(_network(weights, self._spectra), "CPU", _options(threads))
        self._request = compiled.create_infer_request()

    def frames(self, windows: Float32) -> Float32:
        """Windows [B, window_samples] float32 -> frames [B, window_samples / frame_samples, frame_dim] float32.

        Raises ValueError for windows of another length.
        """
        config = self._config
        if windows.ndim != 2 or windows.shape[1] != config.window_samples:
            raise ValueError(f"windows are [B, {config.window_samples}], not {list(windows.shape)}")
        frames = np.empty((len(windows), config.window_samples // config.frame_samples, config.frame_dim), np.float32)
        for window, into in zip(windows, frames, strict=True):
            parts = self._spectra.parts(window)
            # Input and output are shared only until the next line: nothing is kept that the next window overwrites.
            into[:] = self._request.infer([parts[None]], share_inputs=True, share_outputs=True)[0][0]
        return frames


class Spectra:
    """Short-time spectra of one window after the other, in a buffer that the next one overwrites."""

    def __init__(self, config: TaggerConfig) -> None:
        self._config = config
        self._window = stft_window(config)
        filters = mel_filterbank(config)
        heard = np.flatnonzero(filters.any(axis=1))
        first, end = int(heard[0]), int(heard[-1]) + 1
        # Bins that no band hears are left out of everything that follows the transform.
        self._heard = slice(2 * first, 2 * end)
        self.part_filters = np.repeat(filters[first:end], 2, axis=0)
        """[2 * bins, n_mels]: a filter's weight twice in a row, for the squares of a bin's real and imaginary part."""
        # Half a window less half a hop on either side puts column k's centre at (k + 1/2) hops.
        self._side = (config.n_fft - config.hop_samples) // 2
        self._samples = np.empty(config.window_samples + 2 * self._side, np.float32)
        self._parts = np.empty((config.window_samples // config.hop_samples, len(self.part_filters)), np.float32)

    def parts(self, window: Float32) -> Float32:
        """[window_samples] -> squared real and imaginary parts of the bins that are heard, [columns, 2 * bins]."""
        config, samples, side = self._config, self._samples, self._side
        samples[side:-side] = _tamed(window)
        samples[:side] = samples[2 * side : side : -1]
        samples[-side:] = samples[-side - 2 : -2 * side - 2 : -1]
        columns = np.lib.stride_tricks.sliding_window_view(samples, config.n_fft)[:: config.hop_samples]
        part = np.empty((COLUMNS_AT_ONCE, config.n_fft), np.float32)
        spectra = np.empty((COLUMNS_AT_ONCE, config.n_fft // 2 + 1), np.complex64)
        for start in range(0, len(self._parts), COLUMNS_AT_ONCE):
            into = self._parts[start : start + COLUMNS_AT_ONCE]
            count = len(into)
            np.multiply(columns[start : start + count], self._window, out=part[:count])
            np.fft.rfft(part[:count], out=spectra[:count])  # pyright: ignore[reportArgumentType]  # takes it as it is
            np.square(spectra.view(np.float32)[:count, self._heard], out=into)
        return self._parts


def _tamed(window: Float32) -> Float32:
    """Not-a-number and infinities as silence, the rest held to a range in which all that follows is finite."""
    # A comparison with not-a-number is false, so this is the cheap question whether there is anything to do.
    if window.min() >= -MAX_ABS_SAMPLE and window.max() <= MAX_ABS_SAMPLE:
        return window
    return np.clip(np.nan_to_num(window, nan=0.0, posinf=0.0, neginf=0.0), -MAX_ABS_SAMPLE, MAX_ABS_SAMPLE)


def _options(threads: int) -> dict[str, object]:
    return {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # Left alone it computes in bfloat16 where the processor can: three times as fast, but on the sample recording
        # some scores move by 0.03.
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
    }


def _network(weights: TaggerWeights, spectra: Spectra) -> ov.Model:
    """The graph from squared parts [1, columns, 2 * bins] to frames [1, columns / columns_per_frame, frame_dim]."""
    graph = _Graph(weights)
    config = weights.config
    columns = config.window_samples // config.hop_samples
    parts = op.parameter([1, columns, len(spectra.part_filters)], np.float32)
    power = op.matmul(parts, op.constant(spectra.part_filters), False, False)
    floor = op.constant(np.float32(10.0 ** (config.floor_db / 10.0)))
    mel_db = op.multiply(op.log(op.add(power, floor)), op.constant(np.float32(10.0 / np.log(10.0))))
    # The stubs bind the base class's constructor to this one.
    return ov.Model([graph.frames_of_mel(mel_db)], [parts], "builtin")  # pyright: ignore[reportGeneralTypeIssues]


class _Graph:
    """Builds the network's pieces, each named as the module it stands for in ``tagger.Tagger``."""

    def __init__(self, weights: TaggerWeights) -> None:
        self._config: TaggerConfig = weights.config
        self._arrays = weights.arrays

    def frames_of_mel(self, mel_db: ov.Node) -> ov.Node:
        """[1, columns, n_mels] in dB -> [1, columns / columns_per_frame, frame_dim]."""
        config = self._config
        x = op.divide(op.subtract(mel_db, self._constant("band_mean")), self._constant("band_std"))
        x = op.unsqueeze(x, _axes(1))
        frames = op.concat([self._member(x, f"members.{number}") for number in range(config.members)], 2)
        if config.joined_dim:
            frames = op.matmul(frames, self._constant("join"), False, True)
        frames = _smoothed(frames, config.smoothing_frames)
        return op.concat([frames, self._steadiness(mel_db)], 2) if config.steady_unrest else frames

    def _steadiness(self, mel_db: ov.Node) -> ov.Node:
        """[1, columns, n_mels] in dB -> how far it is steady noise, [1, columns / columns_per_frame, 1]."""
        config = self._config
        assert config.steady_unrest is not None
        steady, unsteady = config.steady_unrest
        shape = op.constant(np.array([1, -1, config.columns_per_frame, config.n_mels], np.int64))
        columns = op.reshape(mel_db, shape, False)
        level = _smoothed(op.unsqueeze(op.reduce_mean(columns, _axes(2, 3), False), _axes(2)), DRIFT_FRAMES)
        columns = op.subtract(columns, op.unsqueeze(level, _axes(3)))
        mean, square = (
            _smoothed(op.reduce_mean(one, _axes(2), False), UNREST_FRAMES)
            for one in (columns, op.multiply(columns, columns))
        )
        unrest = op.divide(op.subtract(square, op.multiply(mean, mean)), self._constant("noise_variance"))
        unrest = op.reduce_mean(unrest, _axes(2), True)
        calm = op.subtract(op.constant(np.float32(unsteady)), unrest)
        return op.clamp(op.divide(calm, op.constant(np.float32(unsteady - steady))), 0.0, 1.0)

    def _member(self, x: ov.Node, name: str) -> ov.Node:
        """Normalised log-mel [1, 1, columns, n_mels] -> [1, columns / columns_per_frame, dim]."""
        config = self._config
        for index, stride in enumerate(config.strides):
            padding = [(kernel_size(index, step) - 1) // 2 for step in stride]
            x = op.relu(self._convolution(x, f"{name}.blocks.{index}.conv", stride, padding, (1, 1)))
        pooled = op.add(op.reduce_mean(x, _axes(3), False), op.reduce_max(x, _axes(3), False))
        frames = op.relu(self._linear(_swapped(pooled), f"{name}.project"))
        for index, dilation in enumerate(config.dilations):
            block = f"{name}.temporal.{index}"
            inner = _swapped(self._layer_norm(frames, f"{block}.norm"))
            inner = op.relu(self._convolution(inner, f"{block}.conv", (1,), (dilation,), (dilation,)))
            frames = op.add(frames, self._linear(_swapped(inner), f"{block}.out"))
        return self._layer_norm(frames, f"{name}.norm")

    def _constant(self, name: str) -> ov.Node:
        return op.constant(self._arrays[name])

    def _linear(self, x: ov.Node, name: str) -> ov.Node:
        """[..., D_in] -> [..., D]."""
        return op.add(op.matmul(x, self._constant(f"{name}.weight"), False, True), self._constant(f"{name}.bias"))

    def _layer_norm(self, x: ov.Node, name: str) -> ov.Node:
        normal = op.mvn(x, _axes(-1), True, LAYER_NORM_EPSILON, "inside_sqrt")
        return op.add(op.multiply(normal, self._constant(f"{name}.weight")), self._constant(f"{name}.bias"))

    def _convolution(
        self, x: ov.Node, name: str, stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int]
    ) -> ov.Node:
        """[1, C_in, ...] -> [1, C, ...] over as many axes as `stride` has."""
        kernel = self._constant(f"{name}.weight")
        y = op.convolution(x, kernel, list(stride), list(padding), list(padding), list(dilation))
        bias = self._arrays[f"{name}.bias"]
        return op.add(y, op.constant(bias.reshape(1, -1, *(1 for _ in stride))))


def _axes(*axes: int) -> ov.Node:
    return op.constant(np.array(axes, np.int64))


def _smoothed(frames: ov.Node, count: int) -> ov.Node:
    """[1, T, D] -> the same shape: means of ``count`` neighbours, at the ends of those that there are."""
    if count == 1:
        return frames
    side = [count // 2]
    return _swapped(op.avg_pool(_swapped(frames), [1], side, side, [count], True))


def _swapped(x: ov.Node) -> ov.Node:
    """[1, A, B] -> [1, B, A]."""
    return op.transpose(x, _axes(0, 2, 1))
