"""Servers in process and recordings, as the API's tests have them."""

from __future__ import annotations

from tests.api.conftest import make_wav, start_server

__all__ = ["make_wav", "start_server"]
