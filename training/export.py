"""Write the weights file that the backend loads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from sonotag.models.tagger import Tagger
from sonotag.models.tagger_format import config_to_json
from training.clips import Row
from training.vocabulary import LABELS

LICENCE = "Apache-2.0; trained on CC-BY clips that ATTRIBUTION.md names"
# Scores hang on these few numbers directly, so they keep all their bits.
FULL_PRECISION = ("scale", "bias", "band_mean", "band_std", "noise_variance")


def export(tagger: Tagger, advertised: Sequence[str], path: Path) -> str:
    """Write a folded, calibrated tagger (weights as float16); returns its version, a hash of the tensors."""
    tensors: dict[str, Tensor] = {}
    digest = hashlib.sha256(config_to_json(tagger.config).encode() + json.dumps(LABELS).encode())
    for name, value in sorted(tagger.state_dict().items()):
        kept = value if name in FULL_PRECISION else value.to(torch.float16)
        tensors[name] = kept.contiguous().clone()
        digest.update(name.encode() + tensors[name].numpy().tobytes())
    version = digest.hexdigest()[:12]
    header = {
        "config": config_to_json(tagger.config),
        "labels": json.dumps(list(LABELS)),
        "advertised": json.dumps([label for label in LABELS if label in advertised]),
        "version": version,
        "license": LICENCE,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_settled(save(tensors, header)))
    return version


def _settled(data: bytes) -> bytes:
    """A weights file with its header in the order of its names: the library's own is another each time, and files
    that hold the same should be the same."""
    end = 8 + int.from_bytes(data[:8], "little")
    text = json.dumps(json.loads(data[8:end]), sort_keys=True).encode()
    # As the format has it, spaces up to a multiple of eight bytes.
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[end:]


def attribution(rows: Sequence[Row]) -> str:
    """Author, licence and source of every recording used, as Markdown."""
    lines = [
        "# Recordings that the built-in tagger's weights were trained on",
        "",
        "The weights contain none of these recordings, but were made from all of them. Those under a CC-BY licence",
        "ask to be named; the others are named with the same thanks. Recordings were downmixed to mono and cut;",
        "training changed their speed, pitch and colour and mixed them. Licences: CC0-1.0",
        "<https://creativecommons.org/publicdomain/zero/1.0/>, CC-BY <https://creativecommons.org/licenses/by/3.0/>",
        "(or the version named).",
        "",
        "| file | what, and by whom | licence | source |",
        "|---|---|---|---|",
    ]
    for row in sorted((row for row in rows if not row.synthetic), key=lambda row: row.file):
        cells = (row.file, row.author, row.licence, row.source)
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
