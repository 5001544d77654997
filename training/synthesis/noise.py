"""Noises that are nobody's label: what the tagger must stay silent on, and the floor under every mixture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE_HZ = 48_000
Wave = NDArray[np.float64]
Random = np.random.Generator


def _unit(wave: Wave) -> Wave:
    """The same at an RMS of one."""
    return wave / np.sqrt(np.mean(wave**2))


def coloured(rng: Random, seconds: float, slope_db_per_octave: float) -> Wave:
    """Gaussian noise with a sloping spectrum (white 0, pink -3, brown -6), unit RMS, no rumble under 20 Hz."""
    length = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=length))
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)
    gain = np.zeros_like(frequency)
    audible = frequency >= 20
    gain[audible] = (frequency[audible] / 1000) ** (slope_db_per_octave / (20 * np.log10(2)))
    wave = np.fft.irfft(spectrum * gain, length)
    return _unit(wave)


def hum(rng: Random, seconds: float, mains_hz: float) -> Wave:
    """Mains hum: harmonics of 50 or 60 Hz, some of them loud, with a little hiss; unit RMS."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = np.zeros_like(time)
    for harmonic in range(1, int(rng.integers(4, 40))):
        amplitude = rng.uniform(0.1, 1) * harmonic ** -rng.uniform(0.4, 1.6)
        wave += amplitude * np.sin(2 * np.pi * mains_hz * harmonic * time + rng.uniform(0, 6))
    wave = _unit(wave)
    wave += 10 ** (rng.uniform(-60, -25) / 20) * coloured(rng, seconds, float(rng.uniform(-4, 0)))
    return _unit(wave)


def room_tone(rng: Random, seconds: float) -> Wave:
    """A quiet room: steep noise with resonances of ventilation, faint hum, slow drift of level; unit RMS."""
    wave = coloured(rng, seconds, float(rng.uniform(-9, -3)))
    length = len(wave)
    spectrum = np.fft.rfft(wave)
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)
    for _ in range(int(rng.integers(1, 5))):
        centre, width = rng.uniform(60, 2000), rng.uniform(0.03, 0.4)
        spectrum *= 1 + rng.uniform(0.5, 4) * np.exp(-0.5 * (np.log(np.maximum(frequency, 1) / centre) / width) ** 2)
    wave = np.fft.irfft(spectrum, length)
    wave = _unit(wave)
    time = np.arange(length) / RATE_HZ
    drift = 1 + rng.uniform(0, 0.3) * np.sin(2 * np.pi * rng.uniform(0.02, 0.3) * time + rng.uniform(0, 6))
    wave = wave * drift + 10 ** (rng.uniform(-40, -10) / 20) * hum(rng, seconds, float(rng.choice([50, 60])))
    return _unit(wave)


def band(rng: Random, seconds: float) -> Wave:
    """A band of noise between 60 Hz and 12 kHz, one to three octaves wide, over a little of everything; unit RMS."""
    low = float(np.exp(rng.uniform(np.log(60), np.log(5000))))
    edges = [low, min(low * 2 ** float(rng.uniform(0.5, 3)), 12_000.0)]
    sos = butter(int(rng.integers(1, 5)), edges, "bandpass", fs=RATE_HZ, output="sos")
    wave = np.asarray(sosfilt(sos, rng.normal(size=round(seconds * RATE_HZ))))
    wave = _unit(wave)
    wave = wave + 10 ** (rng.uniform(-60, -15) / 20) * coloured(rng, seconds, float(rng.uniform(-6, 0)))
    return _unit(wave)


def ventilation(rng: Random, seconds: float) -> Wave:
    """A fan or a vehicle's cabin: steep noise, its level wandering, with the blades' faint tones; unit RMS."""
    wave = coloured(rng, seconds, float(rng.uniform(-12, -4)))
    time = np.arange(len(wave)) / RATE_HZ
    # A few slow random waves make the level wander without a period that could be learned.
    wander = sum(np.sin(2 * np.pi * rng.uniform(0.05, 4) * time + rng.uniform(0, 6)) for _ in range(4))
    wave *= 10 ** (rng.uniform(0, 1.5) * np.asarray(wander) / 20)
    blades_hz = rng.uniform(15, 400)
    for harmonic in range(1, int(rng.integers(2, 8))):
        tone = np.sin(2 * np.pi * blades_hz * harmonic * time + rng.uniform(0, 6))
        wave += 10 ** (rng.uniform(-50, -12) / 20) * tone / harmonic
    return _unit(wave)


def training_noise(rng: Random, seconds: float) -> Wave:
    """A draw from all of the above."""
    kind = rng.random()
    if kind < 0.4:
        return coloured(rng, seconds, float(rng.uniform(-9, 4)))
    if kind < 0.55:
        return hum(rng, seconds, float(rng.choice([50, 60])))
    if kind < 0.8:
        return room_tone(rng, seconds)
    return band(rng, seconds) if kind < 0.9 else ventilation(rng, seconds)
