"""API keys, as an operator makes and ends them on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sonotag.cli import main
from tests.api.test_access import refused
from tests.api.test_access_owners import stranger
from tests.api.test_access_site import bearer


@pytest.fixture
def sonotag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("SONOTAG_DATA_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(main, ["keys", *arguments])


def test_a_key_works_at_once_and_ends_at_once(
    sonotag: Callable[..., Result], start_server: Callable[..., Any], tmp_path: Path
) -> None:
    with start_server(tmp_path, site_password="open, sesame") as server:
        made = sonotag("create", "nightly job", "--scopes", "read")
        assert made.exit_code == 0, made.output
        key = made.stdout.strip()
        assert key.startswith("sono_")
        assert len(key) == 48
        assert "nightly job" in made.stderr
        assert stranger(server).get("/api/recordings", headers=bearer(key)).status_code == 200
        (line,) = sonotag("list").stdout.splitlines()
        key_id, scopes, _, *name = line.split()
        assert (scopes, name) == ("read", ["nightly", "job"])
        assert key not in line
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("sonotag.db*"))
        assert b"nightly job" in kept
        assert key.encode() not in kept
        assert key.removeprefix("sono_").encode() not in kept
        assert sonotag("revoke", key_id).exit_code == 0
        refused(stranger(server).get("/api/recordings", headers=bearer(key)), 401, "bad_api_key")
    assert sonotag("list").stdout == ""


def test_what_cannot_be_done_is_said(sonotag: Callable[..., Result]) -> None:
    wrong = sonotag("create", "x", "--scopes", "read,delete")
    assert wrong.exit_code == 2
    assert "read, write" in wrong.stderr
    unknown = sonotag("revoke", "nothing")
    assert unknown.exit_code == 1
    assert "There is no key nothing." in unknown.stderr
    assert sonotag("create", " ").exit_code == 1
