"""openflam beside FLAM's reference package on real recordings: the same scores?

    .venv/bin/python -m benchmarks.openflam_compare [--checkpoint FOLDER] [FILE …]

FOLDER holds the published checkpoint and tokenizer (`open_flam_oct17.pth`, `tokenizer.json`): with it, openflam also
runs its `sanity_check`; the reference's own asks the hub for a file, and is left out. Without it, v1-base with weights
filled by name stands in. FILEs are recordings; without any, the sample is taken. The reference is installed into
build/reference at the first run. Prints the greatest difference of any score, by torch in float32 and by what is chosen
here, and exits with 1 where one is beyond its tolerance.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PROMPTS = ["dog barking", "a church bell", "rain", "a rooster crows", "music", "a person sneezes", "glass breaking"]
TOLERANCES = {"float32": 1e-3, "chosen": 1e-2}
MOST_WINDOWS = 30
WINDOW_SAMPLES = 480_000


def windows_of(files: list[Path]) -> np.ndarray:
    """[B, 480000]: all of the recordings, 48 kHz mono, the last window of each filled up with silence."""
    import imageio_ffmpeg

    parts: list[np.ndarray] = []
    for file in files:
        decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(file), "-ac", "1", "-ar", "48000"]
        done = subprocess.run([*decode, "-f", "f32le", "-"], check=True, stdout=subprocess.PIPE)
        samples = np.frombuffer(done.stdout, np.float32).clip(-1, 1)
        parts.append(np.pad(samples, (0, -len(samples) % WINDOW_SAMPLES)).reshape(-1, WINDOW_SAMPLES))
    return np.concatenate(parts)[:MOST_WINDOWS]


def scores_of(python: Path | str, side: str, folder: Path, windows: Path, published: bool) -> np.ndarray:
    """Scores [B, P, T] by one side, in a process of its own under its own Python."""
    command = [python, HERE / "openflam_side.py", side, folder, "2", "--scores", windows, json.dumps(PROMPTS)]
    done = subprocess.run(
        [*map(str, command), *(["--check"] if published else [])], check=True, stdout=subprocess.PIPE, text=True
    )
    return np.array(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    from benchmarks import reference_env

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="folder with the published files")
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    root = HERE.parent
    files = asked.files or [root / "backend" / "sonotag" / "sample" / "sample.mp3"]
    python = reference_env.build()
    is_good = True
    with tempfile.TemporaryDirectory(prefix="openflam-compare-") as place:
        folder: Path = asked.checkpoint or Path(place)
        if asked.checkpoint is None:
            subprocess.run([sys.executable, "-m", "tests.openflam.place", place], cwd=root, check=True)
        windows = Path(place) / "windows.npy"
        np.save(windows, windows_of(files))
        published = asked.checkpoint is not None
        theirs = scores_of(python, "reference", folder, windows, published)
        for name, side in (("float32", "eager"), ("chosen", "ours")):
            off = float(np.abs(scores_of(sys.executable, side, folder, windows, published) - theirs).max())
            held = off < TOLERANCES[name]
            is_good = is_good and held
            words = "torch in float32" if name == "float32" else "what is chosen here"
            print(f"{words}: scores of {len(theirs)} windows differ by at most {off:.5f}{'' if held else '  NOT HELD'}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
