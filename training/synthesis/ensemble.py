"""Ensembles of ours: sections of sawtooth voices that swell together, as strings, brass and choirs under films do.

What sound fonts leave out, and recordings have: the louder a section plays the brighter it gets, its players are
never quite in tune, and the hall goes on after them.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

from training.synthesis.music import Note, Piece
from training.synthesis.signals import RATE_HZ, Random, Wave

CUTOFFS_HZ = (350.0, 700.0, 1400.0, 2800.0, 5600.0, 11_200.0)
"""Of the low passes between which a section's brightness moves."""
SILENCE_DB = 40.0
"""A section at level 0 is this far under one at level 1."""


def sawtooth(frequency_hz: Wave, start: float) -> Wave:
    """A sawtooth from -1 to 1 of changing frequency; ``start`` is its phase in turns.

    Its edges are rounded over two samples (polynomial band-limited steps, Välimäki and Huovilainen 2007,
    doi:10.1109/MSP.2007.323276), which leaves next to nothing of the tones that sampling folds back.
    """
    step = frequency_hz / RATE_HZ
    phase = (np.cumsum(step) + start) % 1.0
    wave = 2 * phase - 1
    after, before = phase < step, phase > 1 - step
    late, early = phase[after] / step[after], (phase[before] - 1) / step[before]
    wave[after] -= 2 * late - late**2 - 1
    wave[before] -= early**2 + 2 * early + 1
    return wave


class _Section:
    """Players of one part: how many, how far out of tune, their instruments' body and bow."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.players = int(rng.integers(1, 6))
        self.detune_cents = rng.uniform(2, 14)
        self.vibrato_hz, self.vibrato_cents = rng.uniform(4, 7), rng.choice([0.0, rng.uniform(5, 35)])
        # A second sawtooth taken away leaves a pulse: hollow, as reeds and some choirs are.
        self.hollow, self.width = float(rng.choice([0.0, 0.0, rng.uniform(0.3, 1.0)])), rng.uniform(0.1, 0.5)
        self.attack_s, self.release_s = rng.uniform(0.03, 0.8), rng.uniform(0.1, 1.0)
        self.darkest = rng.uniform(0.0, 2.5)
        self.brightest = min(self.darkest + rng.uniform(0.5, 3.5), len(CUTOFFS_HZ) - 1.0)
        self.tremolo_hz, self.tremolo = rng.uniform(7, 15), float(rng.choice([0.0, 0.0, 0.0, rng.uniform(0.3, 0.9)]))
        self.breath = 10 ** (rng.uniform(-60, -25) / 20)
        self.drive = float(rng.choice([0.0, 0.0, 0.0, rng.uniform(1, 8)]))

    def _note(self, note: Note, seconds_per_beat: float) -> Wave:
        rng = self.rng
        held_s = note.length * seconds_per_beat
        time = np.arange(round((held_s + self.release_s) * RATE_HZ)) / RATE_HZ
        wave = np.zeros_like(time)
        hertz = 440 * 2 ** ((note.pitch - 69) / 12)
        for _ in range(self.players):
            cents = rng.normal(0, self.detune_cents)
            rate_hz = self.vibrato_hz * rng.uniform(0.9, 1.1)
            bend = cents + self.vibrato_cents * np.sin(2 * np.pi * (rate_hz * time + rng.random()))
            frequency, start = hertz * 2 ** (bend / 1200), float(rng.random())
            wave += sawtooth(frequency, start)
            if self.hollow:
                wave -= self.hollow * sawtooth(frequency, start + self.width)
        loudness = np.minimum(1, time / self.attack_s) * np.clip(
            (held_s + self.release_s - time) / self.release_s, 0, 1
        )
        if self.tremolo:
            loudness *= 1 - self.tremolo * (0.5 + 0.5 * np.sin(2 * np.pi * (self.tremolo_hz * time + rng.random())))
        return wave * loudness * note.velocity / 127

    def _body(self, wave: Wave) -> Wave:
        """Resonances of an instrument's body, or of a throat."""
        frequency = np.maximum(np.fft.rfftfreq(len(wave), 1 / RATE_HZ), 20)
        gain_db = np.zeros_like(frequency)
        for _ in range(int(self.rng.integers(2, 6))):
            centre_hz, octaves = np.exp(self.rng.uniform(np.log(80), np.log(5000))), self.rng.uniform(0.15, 1.0)
            gain_db += self.rng.uniform(-8, 12) * np.exp(-0.5 * (np.log2(frequency / centre_hz) / octaves) ** 2)
        return np.fft.irfft(np.fft.rfft(wave) * 10 ** (gain_db / 20), len(wave))

    def play(self, notes: list[Note], levels: Wave, seconds_per_beat: float) -> Wave:
        """The part, where ``levels`` [samples] say how loud it is."""
        dry = np.zeros_like(levels)
        for note in notes:
            wave, start = self._note(note, seconds_per_beat), round(note.start * seconds_per_beat * RATE_HZ)
            dry[start : start + len(wave)] += wave[: len(dry) - start]
        dry += self.breath * np.abs(dry) * self.rng.normal(size=len(dry))
        dry = self._body(dry)
        if self.drive:
            dry = np.tanh(self.drive * dry / (np.sqrt(np.mean(dry**2)) + 1e-9))
        # Between two low passes the section's brightness lies as far as its level says.
        place = self.darkest + (self.brightest - self.darkest) * levels
        wave = np.zeros_like(dry)
        for number, cutoff_hz in enumerate(CUTOFFS_HZ):
            share = np.clip(1 - np.abs(place - number), 0, 1)
            if share.any():
                sos = butter(2, cutoff_hz, fs=RATE_HZ, output="sos")
                wave += share * np.asarray(sosfilt(sos, dry))
        return wave * 10 ** (SILENCE_DB * (levels - 1) / 20)


def _boom(rng: Random) -> Wave:
    """A big drum: a tone that falls and dies away, with the stick's thud."""
    time = np.arange(3 * RATE_HZ) / RATE_HZ
    low_hz, decay_s = rng.uniform(35, 70), rng.uniform(0.2, 0.9)
    frequency = low_hz * (1 + rng.uniform(0.3, 1.5) * np.exp(-time / 0.04))
    thud = np.asarray(sosfilt(butter(2, rng.uniform(300, 2000), fs=RATE_HZ, output="sos"), rng.normal(size=len(time))))
    tone = np.sin(2 * np.pi * np.cumsum(frequency) / RATE_HZ) * np.exp(-time / decay_s)
    return tone + rng.uniform(0.1, 1) * thud * np.exp(-time / 0.05)


def _hall(rng: Random, wave: Wave) -> Wave:
    """The same in a hall of 0.6 to 4 s of reverberation, its highs dying first."""
    t60_s = np.exp(rng.uniform(np.log(0.6), np.log(4.0)))
    time = np.arange(round(t60_s * RATE_HZ)) / RATE_HZ
    tail = rng.normal(size=len(time)) * 10 ** (-3 * time / t60_s)
    dull = np.asarray(sosfilt(butter(1, rng.uniform(800, 4000), fs=RATE_HZ, output="sos"), tail))
    fade = np.minimum(1, time / (0.5 * t60_s))
    tail = (1 - fade) * tail + fade * dull
    wet = 10 ** (rng.uniform(-16, 3) / 20) / np.sqrt(np.sum(tail**2))
    return wave + wet * fftconvolve(wave, tail)[: len(wave)]


def play(rng: Random, piece: Piece) -> Wave:
    """A piece's pads by sections drawn at random, now and then with big drums; samples at 48 kHz."""
    seconds_per_beat = 60 / piece.beats_per_minute
    end_s = max(note.start + note.length for note in piece.notes) * seconds_per_beat + 2.0
    time = np.arange(round(end_s * RATE_HZ)) / RATE_HZ
    mix = np.zeros_like(time)
    for channel in piece.programs:
        notes = [note for note in piece.notes if note.channel == channel]
        part = _Section(rng).play(notes, piece.levels(channel, time / seconds_per_beat), seconds_per_beat)
        mix += part / (np.sqrt(np.mean(part**2)) + 1e-9) * 10 ** (rng.uniform(-12, 0) / 20)
    if rng.random() < 0.3:
        boom = _boom(rng) * rng.uniform(1, 4)
        for start_s in sorted({note.start * seconds_per_beat for note in piece.notes}):
            start = round(start_s * RATE_HZ)
            mix[start : start + len(boom)] += boom[: len(mix) - start]
    return _hall(rng, mix)
