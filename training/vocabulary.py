"""The labels the tagger learns, what one label says about another, and how each label's events are timed."""

from __future__ import annotations

from dataclasses import dataclass

ESC10 = (
    "rain",
    "dog barking",
    "fire crackling",
    "helicopter",
    "sea waves",
    "baby crying",
    "chainsaw",
    "clock ticking",
    "sneezing",
    "rooster crowing",
)
"""The ten categories of ESC-10 (Piczak 2015, doi:10.1145/2733373.2806390)."""

RECORDED = (
    *ESC10,
    "birds chirping",
    "car horn",
    "church bell",
    "snoring",
    "thunder",
    "cicadas",
    "crickets",
    "glass breaking",
    "gunshot",
    "animal growling",
    "explosion",
    "fireworks",
    "cat meowing",
    "cow mooing",
    "siren",
    "wind",
    "airplane",
    "insect buzzing",
    "gun cocking",
    "footsteps",
    "clapping",
)
"""Labels learned from recordings of at least three sources (``clapping`` has procedures besides)."""

INSTRUMENTS = (
    "piano",
    "guitar",
    "bass guitar",
    "organ",
    "accordion",
    "strings",
    "harp",
    "choir",
    "brass",
    "flute",
    "drums",
    "xylophone",
    "bagpipes",
)
"""Learned from General MIDI sound fonts; each of them is ``music`` too."""

SIGNALS = (
    "alarm clock",
    "smoke alarm",
    "telephone ringing",
    "doorbell",
    "whistling",
    "beep",
)
"""Learned from procedures (and the few recordings there are)."""

LABELS = (*RECORDED, "speech", "music", *INSTRUMENTS, *SIGNALS)

OTHER_INSTRUMENTS = ("trumpet", "harmonica", "saxophone")
"""Words for instruments that are no labels of their own, but certainly music."""

IMPLIES = dict.fromkeys((*INSTRUMENTS, *OTHER_INSTRUMENTS), ("music",)) | {"trumpet": ("brass", "music")}
"""A clip of the key is certainly also a clip of the values."""

ALIASES = {
    "applause": "clapping",
    "bee": "insect buzzing",
    "beeping": "beep",
    "howling": "animal growling",
    "jazz": "music",
    "orchestra": "strings",
    "roaring": "animal growling",
    "singing": "choir",
    "violin": "strings",
}
"""Words of a manifest that stand for a label of ours."""

_BIRD = ("birds chirping",)
_INSECT = ("cicadas", "crickets", "insect buzzing")
UNSURE: dict[str, tuple[str, ...]] = {
    # A whole piece of music may hold any instrument, and a singer's voice; a manifest does not say when.
    "music": (*INSTRUMENTS, "speech"),
    "bird": _BIRD,
    "insects": _INSECT,
    "cicadas": ("crickets", "insect buzzing"),
    "crickets": ("cicadas", "insect buzzing", "birds chirping"),
    "insect buzzing": ("cicadas",),
    "crow cawing": _BIRD,
    "seagull crying": _BIRD,
    "owl hooting": _BIRD,
    "woodpecker pecking": _BIRD,
    "squirrel chattering": _BIRD,
    "traffic": ("car horn", "siren"),
    "crowd chatter": ("speech", "clapping"),
    "crowd cheering": ("clapping", "whistling", "speech"),
    "crowd": ("clapping",),
    "laughing": ("speech",),
    "water lapping": ("sea waves", "rain"),
    "leaves rustling": ("wind",),
    "thunder": ("rain", "explosion", "wind"),
    "sea waves": ("wind",),
    "explosion": ("thunder", "gunshot", "fireworks"),
    "fireworks": ("explosion", "gunshot"),
    "gunshot": ("explosion", "gun cocking"),
    "ricochet": ("gunshot",),
    "gun cocking": ("gunshot",),
    "wolf howling": ("dog barking", "animal growling"),
    "sea lion barking": ("dog barking", "animal growling"),
    "train whistle": ("whistling",),
    "bicycle bell": ("telephone ringing", "doorbell"),
    "bicycle horn": ("car horn",),
    "alarm clock": ("beep", "telephone ringing"),
    "smoke alarm": ("beep", "alarm clock"),
    "telephone ringing": ("alarm clock", "doorbell", "music"),
    "doorbell": ("music", "xylophone", "telephone ringing"),
    "church bell": ("music",),
    "beep": ("alarm clock",),
    "whistling": ("birds chirping", "flute", "music"),
    "harmonica": ("accordion",),
    "saxophone": ("brass",),
    "fuse burning": ("fire crackling",),
    "match striking": ("fire crackling",),
    "balloon pop": ("explosion", "gunshot"),
}
"""Labels about which a clip of the key says nothing: left out of the loss while the clip sounds."""

CONTINUOUS = frozenset(
    {
        "airplane",
        "chainsaw",
        "cicadas",
        "clapping",
        "clock ticking",
        "crickets",
        "engine",
        "fire crackling",
        "helicopter",
        "insect buzzing",
        "music",
        "rain",
        "sea waves",
        "traffic",
        "train",
        "water lapping",
        "wind",
        *INSTRUMENTS,
        *OTHER_INSTRUMENTS,
    }
)
"""Sounds that last: active wherever the clip is not silent, also between the ticks of a clock."""


@dataclass(frozen=True)
class Meaning:
    """What a clip says about every label while it sounds: indices into :data:`LABELS`."""

    present: tuple[int, ...]
    unsure: tuple[int, ...]


def meaning_of(label: str, extra_labels: tuple[str, ...]) -> Meaning:
    """Resolve a manifest row's label and extra labels.

    ``extra_labels`` are true somewhere in the clip but their times are unknown, so they are only unsure,
    except where the main label implies them.
    """
    main = ALIASES.get(label, label)
    present = {name for name in (main, *IMPLIES.get(label, ()), *IMPLIES.get(main, ())) if name in LABELS}
    unsure: set[str] = set(UNSURE.get(label, ())) | set(UNSURE.get(main, ()))
    for extra in extra_labels:
        unsure |= {ALIASES.get(extra, extra), *UNSURE.get(extra, ())}
        # A singer, an orchestra or a band is heard in a piece of music; "music" itself is then certain.
        if label in (*OTHER_INSTRUMENTS, *INSTRUMENTS) and extra == "music":
            present.add("music")
    index = {name: i for i, name in enumerate(LABELS)}
    return Meaning(
        present=tuple(sorted(index[name] for name in present)),
        unsure=tuple(sorted(index[name] for name in unsure - present if name in index)),
    )
