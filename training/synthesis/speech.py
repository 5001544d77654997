"""Speech from espeak-ng and flite: many voices, languages, rates and pitches."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

# Short sentences of ours. Their meaning does not matter, their sounds and rhythms do.
SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "We left the house before the sun came up, and nobody noticed until the afternoon.",
        "Could you tell me which of these two roads leads down to the harbour?",
        "The quick answer is no, but let me explain why it is a little more complicated.",
        "She put the letter on the table, sat down, and waited for him to read it.",
        "Yes. Of course. Thank you very much for calling, and have a pleasant evening.",
        "In the second chapter the author describes how the village was rebuilt after the flood.",
        "Seven hundred and forty three thousand people voted; the others stayed at home.",
        "What a strange idea! I should never have thought of looking for it under the stairs.",
    ),
    "de": (
        "Am nächsten Morgen fuhren wir mit dem Zug an die Küste und gingen lange spazieren.",
        "Entschuldigung, wissen Sie vielleicht, wann das Geschäft wieder öffnet?",
    ),
    "fr-fr": (
        "Le lendemain matin, nous avons pris le train jusqu'à la mer et marché longtemps.",
        "Excusez-moi, savez-vous à quelle heure le magasin ouvre aujourd'hui ?",
    ),
    "es": (
        "A la mañana siguiente tomamos el tren hasta la costa y caminamos mucho tiempo.",
        "Perdone, ¿sabe usted a qué hora abre hoy la tienda de la esquina?",
    ),
    "it": ("La mattina dopo siamo andati in treno fino al mare e abbiamo camminato a lungo.",),
    "pt-br": ("Na manhã seguinte pegamos o trem até o litoral e caminhamos por muito tempo.",),
    "nl": ("De volgende ochtend namen we de trein naar de kust en wandelden we urenlang.",),
    "pl": ("Następnego ranka pojechaliśmy pociągiem nad morze i długo spacerowaliśmy.",),
    "ru": ("На следующее утро мы поехали на поезде к морю и долго гуляли по берегу.",),
    "sv": ("Nästa morgon tog vi tåget till kusten och promenerade länge längs stranden.",),
    "tr": ("Ertesi sabah trenle sahile gittik ve uzun süre yürüdük, sonra eve döndük.",),
    "hi": ("अगली सुबह हम रेलगाड़ी से समुद्र तट गए और बहुत देर तक टहलते रहे।",),
}
ENGLISH_ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029")
VARIANTS = (
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "m6",
    "m7",
    "m8",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "klatt2",
    "klatt4",
    "Annie",
    "linda",
)
FLITE_VOICES = ("slt", "rms", "awb", "kal16")
FLITE_SHARE = 0.35


def speak(rng: np.random.Generator, folds: tuple[int, ...], wav: Path) -> tuple[str, int]:
    """Write one utterance to ``wav``; return the voice that spoke and its fold (a voice has one fold)."""
    if rng.random() < FLITE_SHARE:
        number = int(rng.integers(len(FLITE_VOICES)))
        voice, sentences = f"flite {FLITE_VOICES[number]}", rng.permutation(SENTENCES["en"])[:2]
        command = ["flite", "-voice", FLITE_VOICES[number], "--setf", f"duration_stretch={rng.uniform(0.8, 1.25):.2f}"]
        command += ["-t", " ".join(sentences), "-o", str(wav)]
    else:
        language = "en" if rng.random() < 0.5 else str(rng.choice(sorted(SENTENCES)))
        accent = str(rng.choice(ENGLISH_ACCENTS)) if language == "en" else language
        number = int(rng.integers(len(VARIANTS)))
        voice, sentences = f"espeak-ng {VARIANTS[number]}", rng.permutation(SENTENCES[language])[:2]
        command = ["espeak-ng", "-v", f"{accent}+{VARIANTS[number]}", "-s", str(rng.integers(120, 215))]
        command += ["-p", str(rng.integers(25, 75)), "-g", str(rng.integers(0, 8)), "-w", str(wav), " ".join(sentences)]
    subprocess.run(command, check=True, capture_output=True)
    return voice, folds[number % len(folds)]
