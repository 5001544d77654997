"""The headers of tus: what is taken, what is refused and as what, without a server."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.api import tus
from sonotag.api.errors import status_of
from sonotag.domain import Upload
from sonotag.errors import SonotagError


def upload(offset: int = 0, length: int = 100) -> Upload:
    day = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    return Upload("upl_1", "rec_1", length, offset, "filename YS53YXY=", day, day)


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


@pytest.mark.parametrize("headers", [{}, {"tus-resumable": "0.2.2"}, {"tus-resumable": ""}])
def test_another_version_is_412(headers: dict[str, str]) -> None:
    with pytest.raises(SonotagError) as refused:
        tus.check_version(headers)
    assert status_of(refused.value) == 412
    assert refused.value.hint


@pytest.mark.parametrize("value", ["", "-1", "1.5", "0x10", "1e3", "١٢", "99999999999999999", "10 ", "+3"])
def test_a_length_that_is_no_number_is_400(value: str) -> None:
    with pytest.raises(SonotagError) as refused:
        tus.read_length({"upload-length": value})
    assert status_of(refused.value) == 400


def test_a_length_told_later_is_400() -> None:
    with pytest.raises(SonotagError) as refused:
        tus.read_length({"upload-length": "10", "upload-defer-length": "1"})
    assert status_of(refused.value) == 400


@given(st.dictionaries(st.from_regex(r"[a-z]{1,12}", fullmatch=True), st.text(max_size=40), max_size=6))
def test_metadata_comes_back_as_it_was_sent(pairs: dict[str, str]) -> None:
    header = ",".join(f"{key} {encoded(value)}".strip() for key, value in pairs.items())
    assert tus.read_metadata({"upload-metadata": header}) == pairs


@given(st.text(st.characters(max_codepoint=0x17F), max_size=80))
def test_metadata_of_any_kind_is_read_or_refused(header: str) -> None:
    try:
        found = tus.read_metadata({"upload-metadata": header})
    except SonotagError as refused:
        status = status_of(refused)
    else:
        status = 200 if all(key and key.isascii() for key in found) else 500
    assert status in (200, 400)


@pytest.mark.parametrize(
    "header",
    ["filename ***", "filename YQ==,filename Yg==", "filename /w==", ",", "é YQ==", "x " + "QUFB" * 2000],
)
def test_metadata_that_cannot_be_read_is_400(header: str) -> None:
    with pytest.raises(SonotagError) as refused:
        tus.read_metadata({"upload-metadata": header})
    assert status_of(refused.value) == 400


@pytest.mark.parametrize("value", ["", "application/octet-stream", "multipart/form-data; boundary=x"])
def test_a_piece_that_does_not_say_so_is_415(value: str) -> None:
    with pytest.raises(SonotagError) as refused:
        tus.check_content_type({"content-type": value})
    assert status_of(refused.value) == 415


@given(st.integers(0, 100), st.integers(0, 120), st.one_of(st.none(), st.integers(0, 130)))
def test_a_piece_is_taken_only_where_the_upload_stands_and_as_far_as_it_goes(
    stands: int, offset: int, announced: int | None
) -> None:
    headers = {"upload-offset": str(offset)}
    if announced is not None:
        headers["content-length"] = str(announced)
    if offset == stands and (announced is None or announced <= 100 - stands):
        assert tus.check_piece(headers, upload(stands)) == 100 - stands
        return
    with pytest.raises(SonotagError) as refused:
        tus.check_piece(headers, upload(stands))
    assert status_of(refused.value) == (413 if offset == stands else 409)


def test_a_piece_without_an_offset_is_400() -> None:
    with pytest.raises(SonotagError) as refused:
        tus.check_piece({}, upload())
    assert status_of(refused.value) == 400


def test_what_is_told_of_an_upload() -> None:
    assert tus.headers_of(upload(40), whole=True) == {
        "Upload-Offset": "40",
        "Upload-Length": "100",
        "Upload-Metadata": "filename YS53YXY=",
        "Upload-Expires": "Sun, 22 Nov 2026 07:30:00 GMT",
        "X-Recording-Id": "rec_1",
        "Cache-Control": "no-store",
    }
    assert tus.headers_of(upload(100)) == {"Upload-Offset": "100", "X-Recording-Id": "rec_1"}
