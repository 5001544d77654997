"""Procedures of ours for signals: alarms, telephones, doorbells, sirens, whistles, beeps, applause.

Each label has two families. They share nothing but what the signal *is*: other frequencies, other timbres and,
where it exists, the other technology (a hammered bell against an electronic sounder). Cross-validated models
learn from family A and are measured on family B.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

RATE_HZ = 48_000
Wave = NDArray[np.float64]
Random = np.random.Generator


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _silence(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE_HZ))


def _edges(wave: Wave, ramp_s: float = 0.003) -> Wave:
    """Fade both ends so that switching makes no click."""
    ramp = np.minimum(1.0, np.arange(len(wave)) / (ramp_s * RATE_HZ))
    return wave * ramp * ramp[::-1]


def _tone(rng: Random, frequency_hz: Wave | float, seconds: float, timbre: str) -> Wave:
    """A steady or gliding tone: ``sine``, ``square`` (piezo), ``rich`` (random harmonics) or ``fm``."""
    time = _time(seconds)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency_hz, time.shape)) / RATE_HZ
    top = max(1, int(20_000 / np.max(frequency_hz)))
    if timbre == "sine":
        wave = np.sin(phase)
    elif timbre == "square":
        wave = sum((np.sin(k * phase) / k for k in range(1, min(top, 15) + 1, 2)), np.zeros_like(time))
    elif timbre == "fm":
        wave = np.sin(phase + rng.uniform(0.5, 3) * np.sin(phase * float(rng.choice([1, 2, 3]))))
    else:
        wave = sum((rng.uniform(0, 1) / k * np.sin(k * phase + k) for k in range(1, min(top, 10) + 1)), np.sin(phase))
    return _edges(wave)


def _struck(rng: Random, base_hz: float, ratios: tuple[float, ...], decay_s: float, seconds: float) -> Wave:
    """A struck bell or bar: partials that decay faster the higher they are."""
    time = _time(seconds)
    wave = np.zeros_like(time)
    for number, ratio in enumerate(ratios):
        if base_hz * ratio < 20_000:
            amplitude = rng.uniform(0.3, 1) / (1 + 0.5 * number)
            wave += (
                amplitude
                * np.sin(2 * np.pi * base_hz * ratio * time + rng.uniform(0, 6))
                * np.exp(-time * (1 + 0.6 * number) / decay_s)
            )
    return wave


def _hammered(rng: Random, base_hz: float, strikes_hz: float, seconds: float, ratios: tuple[float, ...]) -> Wave:
    """A small gong under an electric hammer."""
    wave = _silence(seconds)
    strike = _struck(rng, base_hz, ratios, rng.uniform(0.08, 0.3), 0.5)
    at = 0.0
    while at < seconds - 0.05:
        start = int(at * RATE_HZ)
        part = strike[: len(wave) - start] * rng.uniform(0.8, 1.0)
        wave[start : start + len(part)] += part
        at += rng.normal(1, 0.02) / strikes_hz
    return wave


def _repeat(pattern: Wave, pause_s: float, seconds: float) -> Wave:
    period = np.concatenate([pattern, _silence(pause_s)])
    return np.tile(period, int(np.ceil(seconds * RATE_HZ / len(period))))[: round(seconds * RATE_HZ)]


GONG = (1.0, 2.4, 3.9, 5.6, 7.1)
GONG_B = (1.0, 1.51, 2.76, 4.07, 5.4, 8.9)


def alarm_clock_a(rng: Random) -> Wave:
    """Groups of quick beeps of a piezo sounder, as a bedside clock makes them, or a wind-up clock's hammer."""
    if rng.random() < 0.3:
        return _hammered(rng, rng.uniform(1800, 3200), rng.uniform(14, 26), rng.uniform(2, 5), GONG)
    on, off = rng.uniform(0.05, 0.12), rng.uniform(0.04, 0.1)
    beep = np.concatenate(
        [_tone(rng, rng.uniform(1900, 3300), on, str(rng.choice(["square", "sine", "rich"]))), _silence(off)]
    )
    return _repeat(np.tile(beep, int(rng.choice([2, 3, 4, 4, 8]))), rng.uniform(0.25, 0.6), rng.uniform(3, 5))


def alarm_clock_b(rng: Random) -> Wave:
    """A buzzer clock (harsh, half a second on and off), two-tone beeps, or a hammer on other gongs."""
    kind = int(rng.integers(3))
    if kind == 0:
        return _hammered(rng, rng.uniform(1300, 2600), rng.uniform(10, 20), rng.uniform(2, 5), GONG_B)
    if kind == 1:
        low = rng.uniform(600, 1200)
        return _repeat(_tone(rng, low, rng.uniform(0.2, 0.5), "fm"), rng.uniform(0.2, 0.5), rng.uniform(3, 5))
    pair = [_tone(rng, f, rng.uniform(0.06, 0.1), "rich") for f in (rng.uniform(1500, 2200), rng.uniform(2200, 2900))]
    return _repeat(np.concatenate([*pair, _silence(0.05), *pair]), rng.uniform(0.3, 0.5), rng.uniform(3, 5))


def smoke_alarm_a(rng: Random) -> Wave:
    """Temporal-three (ISO 8201): three half-second blasts near 3.1 kHz, then a pause of 1.5 s."""
    blast = _tone(rng, rng.uniform(2900, 3400), 0.5, str(rng.choice(["square", "sine", "rich"])))
    pattern = np.concatenate([blast, _silence(0.5), blast, _silence(0.5), blast])
    return np.roll(_repeat(pattern, 1.5, 6.0), int(rng.integers(RATE_HZ)))


def smoke_alarm_b(rng: Random) -> Wave:
    """A piercing chopped or swept sounder between 2.6 and 3.6 kHz."""
    seconds, rate = rng.uniform(3, 5), rng.uniform(2, 8)
    time = _time(seconds)
    if rng.random() < 0.5:
        return _repeat(_tone(rng, rng.uniform(2600, 3600), 0.6 / rate, "square"), 0.4 / rate, seconds)
    return _tone(rng, 3000 + 400 * ((time * rate) % 1.0), seconds, "square")


def telephone_a(rng: Random) -> Wave:
    """An electronic ringer: two notes in quick alternation, with the cadence of some country."""
    low = rng.uniform(600, 1500)
    notes = [_tone(rng, f, rng.uniform(0.03, 0.07), "rich") for f in (low, low * rng.uniform(1.15, 1.4))]
    ring = np.tile(np.concatenate(notes), int(rng.integers(6, 16)))
    return _repeat(ring, rng.uniform(0.4, 2.0), rng.uniform(3, 6))


def telephone_b(rng: Random) -> Wave:
    """A hammered two-gong bell, 16 to 25 strikes a second, with a cadence."""
    ring_s = rng.uniform(0.6, 1.8)
    base = rng.uniform(900, 1700)
    ring = _hammered(rng, base, rng.uniform(8, 12), ring_s, GONG_B) + _hammered(
        rng, base * 1.19, rng.uniform(8, 12), ring_s, GONG
    )
    return _repeat(ring, rng.uniform(0.5, 1.8), rng.uniform(3, 6))


def doorbell_a(rng: Random) -> Wave:
    """Ding-dong: two bars, a third or so apart."""
    base, gap = rng.uniform(400, 900), rng.uniform(0.3, 0.7)
    bars = (1.0, 2.756, 5.404)
    high, low = (
        _struck(rng, base * r, bars, rng.uniform(0.4, 1.0), 2.0) for r in (rng.choice([1.26, 1.19, 1.335]), 1.0)
    )
    wave = np.concatenate([high, _silence(gap)])
    wave[round(gap * RATE_HZ) :] += low[: len(wave) - round(gap * RATE_HZ)]
    return wave


def doorbell_b(rng: Random) -> Wave:
    """An electronic chime: four to eight notes of a chord, or a buzzing bell pressed once."""
    if rng.random() < 0.25:
        return _hammered(rng, rng.uniform(1200, 2400), rng.uniform(18, 30), rng.uniform(0.6, 1.5), GONG_B)
    base, step = rng.uniform(500, 900), rng.uniform(0.2, 0.4)
    tones = rng.choice([1, 1.25, 1.5, 0.75, 2.0], int(rng.integers(2, 7)))
    wave = _silence(step * len(tones) + 1.0)
    for number, ratio in enumerate(tones):
        start = round(number * step * RATE_HZ)
        note = _struck(rng, base * ratio, (1, 2, 3, 4), rng.uniform(0.3, 0.7), 1.0)
        wave[start : start + len(note)] += note[: len(wave) - start]
    return wave


def siren_a(rng: Random) -> Wave:
    """Wail and yelp: slow and quick sweeps."""
    seconds, rate = rng.uniform(4, 6), float(rng.choice([0.15, 0.25, 0.4, 2.5, 4]))
    low, high = rng.uniform(500, 800), rng.uniform(1100, 1700)
    sweep = 0.5 - 0.5 * np.cos(2 * np.pi * (_time(seconds) * rate + rng.random()))
    return _tone(rng, low * (high / low) ** sweep, seconds, str(rng.choice(["rich", "square", "fm"])))


def siren_b(rng: Random) -> Wave:
    """Two-tone horns (hi-lo), or a motor siren that spins up and down."""
    seconds = rng.uniform(4, 6)
    if rng.random() < 0.6:
        low, period = rng.uniform(380, 700), rng.uniform(0.9, 1.6)
        high = low * float(rng.choice([1.2, 1.335]))
        return _tone(rng, np.where((_time(seconds) / period) % 1 < 0.5, low, high), seconds, "rich")
    top = rng.uniform(500, 900)
    return _tone(rng, top * (0.3 + 0.7 * np.sin(np.pi * _time(seconds) / seconds) ** 0.7), seconds, "rich")


def whistling_a(rng: Random) -> Wave:
    """A person whistling a tune: gliding near-sines with vibrato and breath."""
    notes: list[Wave] = []
    pitch = rng.uniform(900, 1600)
    for _ in range(int(rng.integers(4, 10))):
        target = float(np.clip(pitch * 2 ** (rng.integers(-5, 6) / 12), 700, 2600))
        seconds = rng.uniform(0.15, 0.7)
        time = _time(seconds)
        glide = target + (pitch - target) * np.exp(-time / 0.04)
        glide *= 1 + rng.uniform(0, 0.012) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
        notes += [_edges(np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ), 0.03), _silence(rng.uniform(0, 0.08))]
        pitch = target
    wave = np.concatenate(notes)
    band = butter(2, [1000, 6000], "bandpass", fs=RATE_HZ, output="sos")
    breath = np.asarray(sosfilt(band, rng.normal(size=len(wave))))
    return wave + rng.uniform(0.01, 0.08) * breath * (np.abs(wave) > 0)


def whistling_b(rng: Random) -> Wave:
    """A call (up, or up and down), or a referee's pea whistle."""
    seconds = rng.uniform(0.4, 1.2)
    time = _time(seconds)
    if rng.random() < 0.4:
        carrier = rng.uniform(2200, 3600)
        warble = 1 + 0.04 * np.sin(2 * np.pi * rng.uniform(25, 45) * time)
        wave = _tone(rng, carrier * warble, seconds, "sine") * (0.6 + 0.4 * np.sin(2 * np.pi * 35 * time))
    else:
        rise = rng.uniform(900, 1300) * (1 + rng.uniform(0.4, 1.2) * (time / seconds) ** 2)
        fall = rng.uniform(1800, 2600) * (1 - 0.5 * _time(0.4) / 0.4)
        wave = np.concatenate(
            [_edges(_tone(rng, rise, seconds, "sine"), 0.03), _edges(_tone(rng, fall, 0.4, "sine"), 0.03)]
        )
    return _repeat(wave + 0.03 * rng.normal(size=len(wave)), rng.uniform(0.2, 0.8), rng.uniform(1.5, 4))


def beep_a(rng: Random) -> Wave:
    """A reversing lorry, a microwave oven, a checkout: equal beeps with pauses as long or longer."""
    on = rng.uniform(0.15, 0.6)
    beep = _tone(rng, rng.uniform(800, 2800), on, str(rng.choice(["sine", "square", "rich"])))
    return _repeat(beep, on * rng.uniform(0.8, 2.5), rng.uniform(3, 5))


def beep_b(rng: Random) -> Wave:
    """Dialling, a heart monitor, a pedestrian light: short beeps, regular or not, of changing pitch."""
    wave: list[Wave] = []
    pitch, timbre = rng.uniform(600, 2000), str(rng.choice(["sine", "rich", "fm"]))
    for _ in range(int(rng.integers(3, 9))):
        if rng.random() < 0.3:
            pitch *= float(rng.choice([0.8, 1.25]))
        wave += [_tone(rng, pitch, rng.uniform(0.1, 0.3), timbre), _silence(rng.uniform(0.15, 0.7))]
    return np.concatenate(wave)


def _claps(rng: Random, people: int, rate_hz: float, seconds: float, low_hz: tuple[float, float]) -> Wave:
    """Hands that clap, each person at their own rate; a clap is a burst of band-passed noise."""
    wave = _silence(seconds)
    for _ in range(people):
        length = round(rng.uniform(0.006, 0.02) * RATE_HZ)
        band = rng.uniform(*low_hz)
        sos = butter(2, [band, band * rng.uniform(1.8, 3.0)], "bandpass", fs=RATE_HZ, output="sos")
        distance = rng.uniform(0.15, 1.0)
        at = rng.uniform(0, 1 / rate_hz)
        own_rate = rate_hz * rng.uniform(0.8, 1.25)
        while at < seconds - 0.06:
            burst = rng.normal(size=3 * length) * np.exp(-np.arange(3 * length) / length)
            clap = np.asarray(sosfilt(sos, burst))
            start = round(at * RATE_HZ)
            wave[start : start + len(clap)] += distance * clap
            at += rng.normal(1, 0.06) / own_rate
    echo = np.zeros(round(0.4 * RATE_HZ))
    echo[0] = 1
    echo[1:] = (
        rng.normal(size=len(echo) - 1) * np.exp(-np.arange(1, len(echo)) / (rng.uniform(0.02, 0.12) * RATE_HZ)) * 0.02
    )
    return np.convolve(wave, echo)[: len(wave)] if people == 1 else np.asarray(lfilter([1.0], [1.0, -0.2], wave))


def clapping_a(rng: Random) -> Wave:
    """Applause of many, or a few people."""
    return _claps(rng, int(rng.choice([1, 2, 5, 12, 30, 60])), rng.uniform(2.5, 5), rng.uniform(3, 5), (700, 1600))


def clapping_b(rng: Random) -> Wave:
    """Slow, joint clapping, and applause with other hands."""
    return _claps(rng, int(rng.choice([1, 3, 20, 45])), rng.uniform(1.5, 4), rng.uniform(3, 5), (500, 2200))


FAMILIES: dict[str, tuple[Callable[[Random], Wave], Callable[[Random], Wave]]] = {
    "alarm clock": (alarm_clock_a, alarm_clock_b),
    "smoke alarm": (smoke_alarm_a, smoke_alarm_b),
    "telephone ringing": (telephone_a, telephone_b),
    "doorbell": (doorbell_a, doorbell_b),
    "siren": (siren_a, siren_b),
    "whistling": (whistling_a, whistling_b),
    "beep": (beep_a, beep_b),
    "clapping": (clapping_a, clapping_b),
}
