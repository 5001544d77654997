"""Detections as a table: CSV after RFC 4180, in UTF-8, with a header and CRLF at the ends of lines.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and prompts are free text of
whoever wrote them. Text that begins with one of these (or their full-width forms, a tab, a line break or an
apostrophe) therefore gets an apostrophe in front, which spreadsheets read as "this is text". A program that reads
the table back removes one leading apostrophe, if there is one (:func:`unguarded`), and has exactly what was written.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from sonotag.domain import Detection
from sonotag.export.json_result import SCORE_DECIMALS, TIME_DECIMALS
from sonotag.export.result import SourceResult

HEADER = ("prompt", "onset_s", "offset_s", "peak", "mean")

_GUARD = "'"
_DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20" + _GUARD)


def guarded(text: str) -> str:
    """`text` so that no spreadsheet runs it."""
    return _GUARD + text if text[:1] in _DANGEROUS and text else text


def unguarded(cell: str) -> str:
    """The text that :func:`guarded` was given."""
    return cell.removeprefix(_GUARD)


def _cells(detection: Detection) -> tuple[str, ...]:
    return (
        guarded(detection.prompt),
        f"{detection.onset_s:.{TIME_DECIMALS}f}",
        f"{detection.offset_s:.{TIME_DECIMALS}f}",
        _score_cell(detection.peak),
        _score_cell(detection.mean),
    )


def _score_cell(score: float) -> str:
    """Empty for a moment of which the model has no score (NaN)."""
    return "" if math.isnan(score) else f"{score:.{SCORE_DECIMALS}f}"


def _verdict_cell(detection: Detection) -> str:
    return detection.verdict.kind.value if detection.verdict else ""


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def detections_csv(detections: Iterable[Detection], *, verdicts: bool = False) -> str:
    """The detections of one recording, in the order given; with `verdicts`, what people said in the last column."""
    if verdicts:
        return _table([(*HEADER, "verdict"), *((*_cells(d), _verdict_cell(d)) for d in detections)])
    return _table([HEADER, *(_cells(detection) for detection in detections)])


def results_csv(results: Sequence[SourceResult]) -> str:
    """The detections of any number of sources, with the source in the first column."""
    rows = [(guarded(result.source), *_cells(detection)) for result in results for detection in result.detections]
    return _table([("source", *HEADER), *rows])
