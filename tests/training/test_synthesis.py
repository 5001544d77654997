"""What recordings lack and procedures make: signals, composed music, ensembles, noises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.synthesis import ensemble, music, noise, signals

RATE_HZ = 48_000


def spectrum(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(frequencies in Hz, power) under a window whose side lobes are far down."""
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    return np.fft.rfftfreq(len(wave), 1 / RATE_HZ), power


def centroid_hz(wave: np.ndarray) -> float:
    """Where the middle of a sound's power lies."""
    frequency, power = spectrum(wave)
    return float((frequency * power).sum() / power.sum())


@pytest.mark.parametrize("label", sorted(signals.FAMILIES))
def test_signals_are_audio(label: str) -> None:
    for family in signals.FAMILIES[label]:
        wave = family(np.random.default_rng(2))
        assert np.isfinite(wave).all()
        assert 0.3 < len(wave) / signals.RATE_HZ < 12
        assert np.abs(wave).max() > 0.01


@pytest.mark.parametrize(
    "make", [noise.room_tone, noise.band, noise.ventilation, lambda rng, s: noise.hum(rng, s, 50.0)]
)
def test_noises_have_the_level_they_are_said_to_have(make: Callable[[np.random.Generator, float], np.ndarray]) -> None:
    for seed in range(5):
        wave = make(np.random.default_rng(seed), 2.0)
        assert np.sqrt(np.mean(wave**2)) == pytest.approx(1.0, abs=1e-6)


def test_composed_midi_is_a_midi_file() -> None:
    score = music.midi_file(music.compose(np.random.default_rng(1), ["piano", "drums"], 5.0))
    assert score[:4] == b"MThd"
    assert score[14:18] == b"MTrk"
    assert int.from_bytes(score[18:22], "big") == len(score) - 22
    assert score.endswith(b"\xff\x2f\x00")


def test_swells_are_written_as_expression() -> None:
    notes = [music.Note(0, 48, 80, 0.0, 4.0), music.Note(1, 60, 80, 0.0, 4.0)]
    swells = [music.Swell(0, 0.0, 0.0), music.Swell(0, 2.0, 1.0)]
    piece = music.Piece(notes, {0: 48, 1: 49}, swells, 60.0)
    score = music.midi_file(piece)
    steps = [score[at + 2] for at in range(22, len(score) - 2) if score[at : at + 2] == bytes([0xB0, music.EXPRESSION])]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert steps[16:] == [127] * 16
    assert bytes([0xB1, music.EXPRESSION]) not in score
    assert piece.levels(1, np.array([0.0, 3.0])).tolist() == [1.0, 1.0]


@settings(deadline=None, max_examples=20)
@given(hertz=st.floats(60, 1000), start=st.floats(0, 1))
def test_a_sawtooth_has_its_harmonics_and_next_to_nothing_else(hertz: float, start: float) -> None:
    frequency, power = spectrum(ensemble.sawtooth(np.full(RATE_HZ // 2, hertz), start))
    of_harmonic = np.round(frequency / hertz)
    near = (np.abs(frequency - of_harmonic * hertz) < 10) & (of_harmonic > 0)
    harmonics = [power[near & (of_harmonic == k)].sum() for k in range(1, 6)]
    assert [harmonics[0] / one for one in harmonics] == pytest.approx([1, 4, 9, 16, 25], rel=0.1)
    between = ~near & (frequency > hertz / 2) & (frequency < 10_000)
    assert power[between].sum() < 1e-4 * power.sum()


@pytest.mark.parametrize("hertz", [313.0, 707.1, 997.0])
def test_a_sawtooth_folds_back_a_hundredth_of_what_a_plain_one_does(hertz: float) -> None:
    plain = 2 * ((np.arange(RATE_HZ // 2) * hertz / RATE_HZ) % 1) - 1

    def folded_back(wave: np.ndarray) -> float:
        frequency, power = spectrum(wave)
        between = np.abs(frequency - np.round(frequency / hertz) * hertz) > 10
        return float(power[between & (frequency > hertz / 2) & (frequency < 10_000)].sum())

    assert folded_back(ensemble.sawtooth(np.full(RATE_HZ // 2, hertz), 0.0)) < 0.01 * folded_back(plain)


def test_a_section_that_swells_gets_louder_and_brighter() -> None:
    swells = [music.Swell(0, 0.0, 0.1), music.Swell(0, 2.0, 0.1), music.Swell(0, 3.0, 1.0), music.Swell(0, 8.0, 1.0)]
    piece = music.Piece([music.Note(0, 45, 100, 0.0, 8.0)], {0: 48}, swells, 60.0)
    for seed in range(8):
        wave = ensemble.play(np.random.default_rng(seed), piece)
        quiet, loud = wave[RATE_HZ : 2 * RATE_HZ], wave[4 * RATE_HZ : 5 * RATE_HZ]
        assert np.isfinite(wave).all()
        assert np.std(loud) > 2 * np.std(quiet)
        assert centroid_hz(loud) > centroid_hz(quiet)
        # The hall goes on after the note's end at 8 s.
        assert 0 < np.std(wave[9 * RATE_HZ : -RATE_HZ // 2]) < np.std(loud)


def test_ensembles_play_every_part_they_are_given() -> None:
    notes = [music.Note(0, 45, 100, 0.0, 4.0), music.Note(1, 66, 100, 0.0, 4.0)]
    for seed in range(8):
        wave = ensemble.play(np.random.default_rng(seed), music.Piece(notes, {0: 48, 1: 61}, [], 60.0))
        assert len(wave) == RATE_HZ * 6
        frequency, power = spectrum(wave[: RATE_HZ * 4])
        for hertz in (110.0, 370.0):
            there = np.abs(frequency / hertz - 1) < 0.04
            beside = np.abs(frequency / hertz - 1.25) < 0.04
            assert power[there].sum() > 10 * power[beside].sum()
