"""Detections as a table: CSV after RFC 4180, in UTF-8, with a header and CRLF at the ends of lines.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and prompts are free text of
whoever wrote them. Text that begins with one of these (or their full-width forms, a tab, a line break or an
apostrophe) therefore gets an apostrophe in front, which spreadsheets read as "this is text". A program that reads
the table back removes one leading apostrophe, if there is one (:func:`unguarded`), and has exactly what was written.
"""

from __future__ import annotations

import csv
import io
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
        f"{detection.peak:.{SCORE_DECIMALS}f}",
        f"{detection.mean:.{SCORE_DECIMALS}f}",
    )


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def detections_csv(detections: Iterable[Detection]) -> str:
    """The detections of one recording, in the order given."""
    return _table([HEADER, *(_cells(detection) for detection in detections)])


def results_csv(results: Sequence[SourceResult]) -> str:
    """The detections of any number of sources, with the source in the first column."""
    rows = [(guarded(result.source), *_cells(detection)) for result in results for detection in result.detections]
    return _table([("source", *HEADER), *rows])
