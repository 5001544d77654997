"""Servers in process, as the tests of the API have them."""

from __future__ import annotations

from tests.api.conftest import start_server as start_server
