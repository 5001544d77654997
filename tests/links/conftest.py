"""A whole server whose internet is the rig."""

from __future__ import annotations

import contextlib
import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from sonotag.main import Outside, create_app
from sonotag.settings import LinkSite, Settings
from tests.api.conftest import Server
from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite

RIG_SITE = LinkSite(name="rig", title="The Rig", hosts=[HOST], extractors=["generic"], reach=[HOST])


def wav_of(seconds: float, rate_hz: int = 16_000) -> bytes:
    """Noise with a burst every three seconds, 16 bits mono."""
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(round(seconds * rate_hz)) * 600
    samples[rate_hz // 2 :: rate_hz * 3] += 15_000
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.clip(-32_000, 32_000).astype("<i2").tobytes())
    return buffer.getvalue()


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("rig"))
    yield rig
    rig.close()


@pytest.fixture
def media(rig: Rig) -> Iterator[MediaSite]:
    site = MediaSite()
    rig.sites[HOST] = site
    yield site
    site.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, rig: Rig) -> Iterator[Server]:
    yield from _serve(tmp_path_factory, rig)


@pytest.fixture
def server_with(tmp_path_factory: pytest.TempPathFactory, rig: Rig) -> Iterator[Callable[..., Server]]:
    running: list[Iterator[Server]] = []

    def start(**settings: object) -> Server:
        running.append(_serve(tmp_path_factory, rig, **settings))
        return next(running[-1])

    yield start
    for one in running:
        next(one, None)


@pytest.fixture
def start_on(
    tmp_path_factory: pytest.TempPathFactory, rig: Rig
) -> Callable[..., contextlib.AbstractContextManager[Server]]:
    """`with start_on(folder) as server`: again on the same data."""

    @contextlib.contextmanager
    def start(data_dir: Path, **settings: object) -> Iterator[Server]:
        yield from _serve(tmp_path_factory, rig, data_dir, **settings)

    return start


def _serve(
    factory: pytest.TempPathFactory, rig: Rig, data_dir: Path | None = None, **settings: object
) -> Iterator[Server]:
    data = data_dir or factory.mktemp("data")
    values = {"data_dir": data, "page_dir": factory.mktemp("page"), "link_sites": [RIG_SITE], **settings}
    app = create_app(Settings.model_validate(values), Outside(rig.guard, rig.certificates))
    with TestClient(app, base_url="http://localhost") as client:
        app.state.services.models.encoder(wait_s=180)
        yield Server(client, data)
