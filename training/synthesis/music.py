"""Music composed by rule: as MIDI, which General MIDI sound fonts play through fluidsynth, or for :mod:`ensemble`."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROGRAMS: dict[str, tuple[int, ...]] = {
    "piano": (0, 1, 2, 3),
    "guitar": (24, 25, 26, 27, 29, 30),
    "bass guitar": (32, 33, 34, 36),
    "organ": (16, 17, 18, 19, 20),
    "accordion": (21, 23),
    "harmonica": (22,),
    "strings": (40, 41, 42, 44, 48, 49),
    "harp": (46,),
    "choir": (52, 53),
    "brass": (56, 57, 58, 59, 60, 61),
    "saxophone": (64, 65, 66, 67),
    "flute": (72, 73, 74, 75),
    "drums": (),
    "xylophone": (9, 11, 12, 13),
    "bagpipes": (109,),
}
"""General MIDI programs (counted from 0) of each label; drums are channel 10."""
LOWEST_NOTE = {"bass guitar": 28, "organ": 40, "piano": 40, "strings": 48, "guitar": 43, "flute": 65, "xylophone": 62}
POLYPHONIC = frozenset({"piano", "guitar", "organ", "accordion", "harp", "strings", "choir", "brass", "xylophone"})
BAND_LEADS = ("piano", "guitar", "strings", "brass", "saxophone", "flute", "organ", "choir", "xylophone", "accordion")
SYNTHESISERS = (4, 5, 38, 62, 80, 81, 88, 90)
PADS = (16, 42, 43, 48, 49, 50, 51, 52, 54, 57, 58, 60, 61, 62, 63, 88, 89, 90, 91, 92, 93, 94, 95, 99, 101)
"""Programs that sound for as long as a chord is held: what films put under their pictures."""
SWELLING_SHARE = 0.6
"""Of the parts that play pads."""
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 4), (0, 3, 0, 4), (5, 3, 0, 4), (0, 1, 4, 0))
TICKS_PER_BEAT = 480
DRUM_CHANNEL = 9
EXPRESSION = 11
BEATS_PER_EXPRESSION = 1 / 8


@dataclass(frozen=True)
class Note:
    """One note; times in beats."""

    channel: int
    pitch: int
    velocity: int
    start: float
    length: float


@dataclass(frozen=True)
class Swell:
    """How loud a channel's player plays from here to its next swell, where the loudness arrives in a straight line."""

    channel: int
    start: float
    """In beats."""
    level: float
    """0 to 1, of full loudness."""


@dataclass(frozen=True)
class Piece:
    """What to play."""

    notes: list[Note]
    programs: dict[int, int]
    """General MIDI program of each channel but the drums'."""
    swells: list[Swell]
    """In order, for the channels that swell."""
    beats_per_minute: float

    def levels(self, channel: int, beats: NDArray[np.float64]) -> NDArray[np.float64]:
        """Loudness of a channel at the given beats, 0 to 1."""
        own = [swell for swell in self.swells if swell.channel == channel]
        if not own:
            return np.ones_like(beats)
        return np.interp(beats, [swell.start for swell in own], [swell.level for swell in own])


def _variable_length(value: int) -> bytes:
    """Standard MIDI File 1.0's variable-length quantity."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def midi_file(piece: Piece) -> bytes:
    """A format-0 Standard MIDI File; swells are steps of controller 11 (expression)."""
    events: list[tuple[float, int, bytes]] = [(0.0, 0, bytes([0xC0 | ch, prog])) for ch, prog in piece.programs.items()]
    for channel in {swell.channel for swell in piece.swells}:
        beats = np.arange(0, max(note.start + note.length for note in piece.notes), BEATS_PER_EXPRESSION)
        for beat, level in zip(beats, piece.levels(channel, beats), strict=True):
            events.append((float(beat), 0, bytes([0xB0 | channel, EXPRESSION, round(127 * level)])))
    for note in piece.notes:
        events.append((note.start, 2, bytes([0x90 | note.channel, note.pitch, note.velocity])))
        events.append((note.start + note.length, 1, bytes([0x80 | note.channel, note.pitch, 0])))
    tempo = int(60e6 / piece.beats_per_minute)
    track, now = b"\x00\xff\x51\x03" + tempo.to_bytes(3, "big"), 0
    for beat, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(beat * TICKS_PER_BEAT)
        track += _variable_length(tick - now) + message
        now = tick
    track += b"\x00\xff\x2f\x00"
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, TICKS_PER_BEAT)
    return header + struct.pack(">4sI", b"MTrk", len(track)) + track


def _line(
    rng: np.random.Generator, part: str, channel: int, beats: float, key: int, chords: list[list[int]]
) -> list[Note]:
    """A melody or broken or whole chords for one instrument."""
    base = LOWEST_NOTE.get(part, 52) + int(rng.integers(0, 14)) // 12 * 12
    base += (key - base) % 12
    velocity = int(rng.integers(55, 115))
    style = str(rng.choice(["chords", "broken", "melody"])) if part in POLYPHONIC else "melody"
    notes: list[Note] = []
    beat = 0.0
    step = 7 if part != "bass guitar" else 0
    while beat < beats:
        chord = chords[int(beat // 4) % len(chords)]
        length = (
            float(rng.choice([0.25, 0.5, 0.5, 1, 1, 2])) if style != "chords" else float(rng.choice([0.5, 1, 2, 4]))
        )
        loud = int(np.clip(velocity + rng.normal(0, 8), 30, 127))
        if style == "chords":
            notes += [Note(channel, base + 12 + pitch, loud, beat, length * 0.95) for pitch in chord]
        elif rng.random() > 0.12:
            if style == "broken" or part == "bass guitar":
                pitch = (
                    chord[int(rng.integers(len(chord)))] if part != "bass guitar" or rng.random() < 0.3 else chord[0]
                )
            else:
                step = int(np.clip(step + rng.integers(-2, 3), 0, 13))
                scale = sorted({tone % 12 for one in chords for tone in one})
                pitch = scale[step % len(scale)] + 12 * (step // len(scale))
            notes.append(Note(channel, min(base + pitch, 108), loud, beat, length * float(rng.uniform(0.6, 1.0))))
        beat += length
    return notes


def _drums(rng: np.random.Generator, beats: float) -> list[Note]:
    """A rock, dance or swing pattern with fills."""
    hat = int(rng.choice([42, 46, 51, 70]))
    grid = float(rng.choice([0.25, 0.5, 1 / 3]))
    loud = int(rng.integers(70, 115))
    kick = rng.random(round(4 / grid)) < 0.25
    notes: list[Note] = []
    for index in range(int(beats / grid)):
        beat = index * grid
        in_bar = beat % 4
        if rng.random() < 0.9:
            notes.append(Note(DRUM_CHANNEL, hat, loud - int(rng.integers(10, 30)), beat, 0.1))
        if in_bar in (0.0, 2.0) or kick[index % len(kick)]:
            notes.append(Note(DRUM_CHANNEL, 36, loud, beat, 0.1))
        if in_bar in (1.0, 3.0):
            notes.append(Note(DRUM_CHANNEL, 38, loud, beat, 0.1))
        if in_bar >= 3.0 and rng.random() < 0.15:
            notes.append(Note(DRUM_CHANNEL, int(rng.choice([41, 45, 48, 49])), loud, beat, 0.1))
    return notes


def _pads(
    rng: np.random.Generator, channel: int, beats: float, key: int, chords: list[list[int]]
) -> tuple[list[Note], list[Swell]]:
    """Long chords over a drone, each held into the next; some swell and fade."""
    base = 36 + key + 12 * int(rng.integers(0, 3))
    velocity = int(rng.integers(50, 110))
    swelling = rng.random() < SWELLING_SHARE
    notes: list[Note] = []
    swells: list[Swell] = []
    beat = 0.0
    while beat < beats:
        chord = chords[int(beat // 4) % len(chords)]
        length = min(float(rng.choice([2, 4, 4, 8])), beats - beat)
        loud = int(np.clip(velocity + rng.normal(0, 15), 30, 127))
        notes += [Note(channel, base + 12 + pitch, loud, beat, length * 1.1) for pitch in chord]
        notes.append(Note(channel, base + chord[0], loud, beat, length * 1.1))
        if swelling:
            quiet, full = float(rng.uniform(0.15, 0.7)), float(rng.uniform(0.7, 1.0))
            top = beat + length * float(rng.uniform(0.1, 0.9))
            swells += [Swell(channel, beat, quiet), Swell(channel, top, full)]
        beat += length
    return notes, swells


def compose(rng: np.random.Generator, parts: list[str], seconds: float) -> Piece:
    """A piece for the given labels' instruments; "pads" hold slow chords; no parts make one for synthesisers."""
    tempo = float(rng.uniform(50, 100) if "pads" in parts else rng.uniform(65, 165))
    beats = seconds * tempo / 60
    key, scale = int(rng.integers(12)), SCALES[int(rng.integers(len(SCALES)))]
    roots = PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))]
    chords = [[scale[(r + k) % len(scale)] + 12 * ((r + k) // len(scale)) for k in (0, 2, 4)] for r in roots]
    notes: list[Note] = []
    swells: list[Swell] = []
    programs: dict[int, int] = {}
    for channel, part in enumerate(parts or ["synthesiser", "bass guitar", "drums"]):
        if part == "drums":
            notes += _drums(rng, beats)
            continue
        if part == "pads":
            programs[channel] = int(rng.choice(PADS))
            own_notes, own_swells = _pads(rng, channel, beats, key, chords)
            notes += own_notes
            swells += own_swells
            continue
        programs[channel] = int(rng.choice(PROGRAMS.get(part, SYNTHESISERS)))
        notes += _line(rng, part, channel, beats, key, chords)
    return Piece(notes, programs, swells, tempo)


def play(piece: Piece, sound_font: Path, wav: Path, *, reverb: bool) -> None:
    """Render a piece to 48 kHz audio."""
    score = wav.with_suffix(".mid")
    score.write_bytes(midi_file(piece))
    on = "1" if reverb else "0"
    command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", "48000", "-R", on, "-C", on, "-F", str(wav)]
    subprocess.run([*command, str(sound_font), str(score)], check=True, capture_output=True)
    score.unlink()
