"""Endless strongly labelled examples, mixed from clips in the mel-power domain.

Where phases are drawn at random (:func:`interference`), sums of spectrograms are as restless as the spectrogram of
the sum; and they cost a hundredth of mixing samples and transforming them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sonotag.models.tagger_format import TaggerConfig, mel_filterbank
from training.activity import loudness_weights
from training.clips import Clip
from training.config import TrainingConfig
from training.vocabulary import ALIASES, CONTINUOUS, ESC10, LABELS, OTHER_INSTRUMENTS

Floats = NDArray[np.float32]
Random = np.random.Generator
ACTIVE, DOUBTFUL = 1.0, 0.5
DRAWN_COLUMNS = 40_000
"""Of phases' cosines and of echoes, drawn once."""
WANTED = {"speech": 5.0, "music": 4.0}
"""How often these are drawn, in units of one square root of a recording: they matter most to users."""


@dataclass(frozen=True)
class Event:
    """One augmented clip inside an example."""

    clip: Clip
    power: Floats
    """[columns, n_mels]; zero where the event is not."""
    activity: Floats
    """[columns]: 1 active, 0.5 doubtful, 0 not active."""


@dataclass(frozen=True)
class Batch:
    """Examples for one step."""

    mel_db: Floats
    """[B, columns, n_mels]."""
    target: Floats
    """[B, frames, labels], 0 or 1."""
    weight: Floats
    """[B, frames, labels]: 0 where nothing is known."""


def _curve(rng: Random, n_mels: int, knots: int, spread_db: float) -> Floats:
    """A smooth random gain over bands in dB."""
    points = np.linspace(0, n_mels - 1, knots)
    return np.interp(np.arange(n_mels), points, rng.normal(0, spread_db / 2, knots)).astype(np.float32)


def interference(config: TaggerConfig) -> Floats:
    """How far two sounds of equal power add up or cancel out in each band: the deviation of the mean cosine of their
    phases, [n_mels].

    A band sums bins whose phases are independent but for the window: its effective number of bins is one over the
    sum of its weights' products, each times the squared correlation of the two bins' (periodic Hann) values.
    """
    filters = mel_filterbank(config)
    alike = sum(
        (1 if lag == 0 else 2) * correlation**2 * (filters[lag:] * filters[: len(filters) - lag]).sum(axis=0)
        for lag, correlation in enumerate((1.0, 2 / 3, 1 / 6))
    )
    return np.sqrt(alike / 2).astype(np.float32)


class MixtureMaker:
    """Draws batches; deterministic for a seed."""

    def __init__(
        self, clips: Sequence[Clip], noise: Floats, config: TrainingConfig, mixture_share: float, seed: int
    ) -> None:
        self.config = config
        self.mixture_share = mixture_share
        self.noise = noise / np.float32(noise.sum(axis=1).mean())
        self.rng = np.random.default_rng(seed)
        self.columns = config.example_frames * config.network.columns_per_frame
        self.loudness = loudness_weights(config.network.n_mels)
        # Drawn once, as the noise is: an example takes a stretch from anywhere in them.
        cosines = self.rng.standard_normal((DRAWN_COLUMNS, config.network.n_mels), np.float32)
        spread = interference(config.network)
        self.cosines = np.clip(cosines * spread, -1, 1)
        # Echoes without number: a band's power is the mean of as many exponentials as it has independent bins.
        bins = 1 / (2 * spread**2)
        self.echoes = (self.rng.standard_gamma(bins, (DRAWN_COLUMNS, config.network.n_mels)) / bins).astype(np.float32)
        self.by_label: dict[str, list[list[Clip]]] = {}
        for label, kinds in self._sorted_clips(clips).items():
            self.by_label[label] = [kind for kind in kinds if kind]
        self.names = sorted(self.by_label)
        chances = np.array([self._chance(name) for name in self.names])
        self.chances = chances / chances.sum()

    @staticmethod
    def _sorted_clips(clips: Sequence[Clip]) -> dict[str, tuple[list[Clip], list[Clip]]]:
        sorted_clips: dict[str, tuple[list[Clip], list[Clip]]] = defaultdict(lambda: ([], []))
        for clip in clips:
            sorted_clips[clip.row.label][int(clip.row.synthetic)].append(clip)
        return sorted_clips

    def _chance(self, label: str) -> float:
        """Square root of the number of recordings; synthesised clips count little, unknown words half."""
        recorded = sum(len(kind) for kind in self.by_label[label] if not kind[0].row.synthetic)
        synthetic = any(kind[0].row.synthetic for kind in self.by_label[label])
        chance = max(np.sqrt(recorded), self.config.synthetic_weight if synthetic else 0.0)
        if label not in LABELS and label not in OTHER_INSTRUMENTS:
            chance *= 0.5
        return WANTED.get(label, float(chance) * (1.4 if label in ESC10 else 1.0))

    def _draw_clip(self) -> Clip:
        rng = self.rng
        kinds = self.by_label[self.names[int(rng.choice(len(self.names), p=self.chances))]]
        kind = kinds[0] if len(kinds) == 1 or rng.random() < 0.55 else kinds[1]
        return kind[int(rng.integers(len(kind)))]

    def _event(self) -> Event:
        """Draw a clip, change its speed, pitch and colour, and place it; textures are sometimes blended."""
        clip = self._draw_clip()
        power, activity = self._placed(clip)
        label = ALIASES.get(clip.row.label, clip.row.label)
        if label in CONTINUOUS and self.rng.random() < self.config.blend_share:
            alike = [other for kind in self.by_label[clip.row.label] for other in kind if other.meaning == clip.meaning]
            other_power, other_activity = self._placed(alike[int(self.rng.integers(len(alike)))])
            share = self._share_of_bands(power.shape[1])
            power = self._sum(power * share, other_power * (1 - share))
            activity = np.maximum(activity, other_activity)
        return Event(clip, self._colour(power), activity)

    def _share_of_bands(self, n_mels: int) -> Floats:
        """How much of two textures' bands the first has: all alike, or one the low bands, the other the high ones."""
        rng = self.rng
        if rng.random() < 0.5:
            return np.full(n_mels, rng.uniform(0.1, 0.9), np.float32)
        centre, width = rng.uniform(0.15, 0.85) * n_mels, rng.uniform(1, 8)
        low_first = 1 if rng.random() < 0.5 else -1
        return (1 / (1 + np.exp(low_first * (np.arange(n_mels) - centre) / width))).astype(np.float32)

    def _placed(self, clip: Clip) -> tuple[Floats, Floats]:
        """A clip at a random speed, pitch and place: (power [columns, n_mels], activity [columns])."""
        rng, config = self.rng, self.config
        speed = float(np.exp(rng.uniform(*np.log(config.speed))))
        length = len(clip.power) / speed
        on = np.flatnonzero(clip.activity.active)
        # A moment of activity is put at a random place of the example, so that no example is empty.
        anchor = on[int(rng.integers(len(on)))] / speed
        start = rng.uniform(0, self.columns) - anchor
        if length <= self.columns and rng.random() < 0.7:
            start = rng.uniform(0, self.columns - length)
        position = (np.arange(self.columns, dtype=np.float32) - np.float32(start)) * np.float32(speed)
        # Whole columns and whole bands: values in between would be smoother than the sound was, and how restless a
        # sound is tells rain from noise.
        inside = (position >= 0) & (position <= len(clip.power) - 1)
        nearest = np.clip(np.round(position).astype(np.int64), 0, len(clip.power) - 1)
        shift = int(rng.integers(-config.shift_bands, config.shift_bands + 1))
        bands = np.clip(np.arange(config.network.n_mels) - shift, 0, config.network.n_mels - 1)
        power = np.where(inside[:, None], clip.power[nearest[:, None], bands], np.float32(0))
        state = clip.activity.active.astype(np.float32)
        state[clip.activity.doubtful] = DOUBTFUL
        return power, np.where(inside, state[nearest], np.float32(0))

    def _colour(self, power: Floats) -> Floats:
        """Equaliser, tilt, band limit, reverberation."""
        rng, config = self.rng, self.config
        n_mels = config.network.n_mels
        gain_db = _curve(rng, n_mels, 6, config.equaliser_db)
        gain_db += rng.uniform(-1, 1) * config.tilt_db * np.linspace(-1, 1, n_mels, dtype=np.float32)
        if rng.random() < config.band_limit_share:
            edge = rng.uniform(0.55, 1.0) * n_mels
            gain_db -= np.maximum(0, np.arange(n_mels, dtype=np.float32) - np.float32(edge)) * 8
        if rng.random() < config.band_limit_share / 2:
            edge = rng.uniform(0.0, 0.2) * n_mels
            gain_db -= np.maximum(0, np.float32(edge) - np.arange(n_mels, dtype=np.float32)) * 4
        power = power * (10 ** (gain_db / 10)).astype(np.float32)
        if rng.random() < config.reverb_share:
            # Exponentially decaying energy: 60 dB in T60 seconds.
            t60_s = np.exp(rng.uniform(np.log(0.15), np.log(1.5)))
            hop_s = config.network.hop_samples / config.network.sample_rate_hz
            decay = 10 ** (-6 * hop_s / t60_s)
            wet = 10 ** (rng.uniform(-14, 0) / 10) * (1 - decay)
            tail = np.asarray(lfilter([0.0, wet], [1.0, -decay], power, axis=0), np.float32)
            power = self._sum(power, tail * self._stretch(self.echoes))
        return power

    def _noise(self) -> Floats:
        """A stretch of noise with a random colour; its columns average unit power."""
        rng = self.rng
        start = int(rng.integers(len(self.noise) - self.columns))
        curve = _curve(rng, self.noise.shape[1], 5, 8.0)
        curve += rng.uniform(-10, 10) * np.linspace(-1, 1, len(curve), dtype=np.float32)
        noise = self.noise[start : start + self.columns] * (10 ** (curve / 10)).astype(np.float32)
        return noise / np.float32(noise.sum(axis=1).mean() + 1e-12)

    def _sum(self, one: Floats, other: Floats) -> Floats:
        """Power of two sounds together [columns, n_mels]: their phases make it more or less than the sum of powers."""
        total = one + other + 2 * np.sqrt(one * other) * self._stretch(self.cosines)
        # Where they cancel out, rounding may leave less than nothing.
        return np.maximum(total, 0)

    def _stretch(self, drawn: Floats) -> Floats:
        """An example's length from anywhere in what was drawn once."""
        start = int(self.rng.integers(len(drawn) - self.columns))
        return drawn[start : start + self.columns]

    def _pool(self, columns: Floats) -> Floats:
        """[columns, ...] -> mean over each frame's columns [frames, ...]."""
        per_frame = self.config.network.columns_per_frame
        return columns.reshape(-1, per_frame, *columns.shape[1:]).mean(axis=1)

    def _level(self, event: Event) -> float:
        on = event.activity > 0
        return float(event.power[on].sum(axis=1).mean()) if on.any() else 0.0

    def example(self) -> tuple[Floats, Floats, Floats]:
        """One example: (power [columns, n_mels], target [frames, labels], weight [frames, labels])."""
        rng, config = self.rng, self.config
        kind = rng.random()
        if kind < config.noise_only_share:
            count = 0
        elif kind < config.noise_only_share + self.mixture_share:
            count = int(rng.integers(1, config.max_events + 1))
        else:
            count = 1
        mixture = count != 1 or kind < config.noise_only_share + self.mixture_share
        events: list[Event] = []
        for _ in range(count):
            event = self._event()
            level = self._level(event)
            if level > 1e-12:
                relative_db = rng.uniform(*config.event_to_mixture_db) if mixture else 0.0
                events.append(
                    Event(event.clip, event.power * np.float32(10 ** (relative_db / 10) / level), event.activity)
                )
        if not events:
            level_db = rng.uniform(*config.noise_only_level_dbfs)
            noise = self._noise()
        else:
            level_db = rng.uniform(*config.mixture_level_dbfs)
            low, high = config.noise_to_mixture_db
            noise_db = rng.uniform(low, high) if mixture else rng.uniform(low - 30, low + 15)
            noise = self._noise() * np.float32(10 ** (noise_db / 10))
        total = noise
        for event in events:
            total = self._sum(total, event.power)
        target, weight = self._truth(events, total)
        if rng.random() < 0.1:
            # A lossy codec or a telephone: nothing above some band.
            total[:, int(rng.uniform(0.6, 1.0) * total.shape[1]) :] *= 1e-7
        return np.asarray(total * 10 ** (level_db / 10), np.float32), target, weight

    def _truth(self, events: list[Event], total: Floats) -> tuple[Floats, Floats]:
        frames, labels = self.config.example_frames, len(LABELS)
        target = np.zeros((frames, labels), np.float32)
        weight = np.ones((frames, labels), np.float32)
        certain = np.zeros((frames, labels), bool)
        heard = self._pool(total) @ self.loudness
        for event in events:
            share = self._pool(event.activity[:, None])[:, 0]
            there, maybe = (
                share >= 0.5,
                (share > 0)
                & ((share < 0.75) | (self._pool((event.activity == DOUBTFUL)[:, None].astype(np.float32))[:, 0] > 0.5)),
            )
            own = self._pool(event.power) @ self.loudness
            # Also where the event's faint remainders lie outside its activity, nothing is said against it.
            audible = own * 10 ** (self.config.inaudible_db / 10) > heard - own
            present, unsure = list(event.clip.meaning.present), list(event.clip.meaning.unsure)
            for label in present:
                target[there, label] = 1.0
                weight[maybe, label] = np.minimum(weight[maybe, label], self.config.unsure_frame_weight)
                weight[there & ~audible, label] = 0.0
                certain[there & audible & ~maybe, label] = True
            for label in unsure:
                weight[share > 0, label] = 0.0
        weight[certain] = 1.0
        return target, weight

    def batch(self) -> Batch:
        """The next batch."""
        made = [self.example() for _ in range(self.config.batch)]
        floor = np.float32(10 ** (self.config.network.floor_db / 10))
        power = np.stack([example[0] for example in made])
        return Batch(
            mel_db=10 * np.log10(power + floor).astype(np.float32),
            target=np.stack([example[1] for example in made]),
            weight=np.stack([example[2] for example in made]),
        )
