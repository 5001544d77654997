"""Detections as an Audacity label track: one line each of onset, offset and prompt, separated by tabs.

The format is described at https://manual.audacityteam.org/man/importing_and_exporting_labels.html; it has no way to
escape anything, so what would break a line (tabs, line breaks, other control characters) becomes a space.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from sonotag.domain import Detection, VerdictKind
from sonotag.errors import InputError
from sonotag.export.result import SourceResult

_BREAKING = frozenset({"Cc", "Zl", "Zp"})


def label_text(prompt: str) -> str:
    """`prompt` on one line, runs of spaces made one."""
    spaced = "".join(" " if unicodedata.category(char) in _BREAKING else char for char in prompt)
    return " ".join(spaced.split())


def audacity_labels(detections: Iterable[Detection]) -> str:
    """The label track of one recording, in the order given; times in seconds with six decimals."""
    return "".join(f"{d.onset_s:.6f}\t{d.offset_s:.6f}\t{_label(d)}\n" for d in detections)


def _label(detection: Detection) -> str:
    # The only verdict that a reader of the track must not miss: a rejected moment is no moment.
    rejected = detection.verdict is not None and detection.verdict.kind is VerdictKind.REJECTED
    return label_text(detection.prompt) + (" (rejected)" if rejected else "")


def results_audacity(results: Sequence[SourceResult]) -> str:
    """The label track of one source.

    Raises:
        InputError: not exactly one source; a label track has no place for a second.
    """
    if len(results) != 1:
        raise InputError(
            f"An Audacity label track is for one source, and there are {len(results)}.",
            hint="Export the sources one by one, or take json or csv.",
            code="one_source_only",
        )
    return audacity_labels(results[0].detections)
