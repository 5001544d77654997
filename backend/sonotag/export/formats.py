"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sonotag.export.audacity import results_audacity
from sonotag.export.csv_table import results_csv
from sonotag.export.json_result import json_results
from sonotag.export.result import SourceResult


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write results down. `extension` has its dot; `render` returns the file's text (UTF-8)."""

    media_type: str
    extension: str
    render: Callable[[Sequence[SourceResult]], str]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format("application/json", ".json", json_results),
        "csv": Format("text/csv; charset=utf-8", ".csv", results_csv),
        "audacity": Format("text/plain; charset=utf-8", ".txt", results_audacity),
    }
)
