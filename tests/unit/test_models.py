"""The inference thread, the manager of models, and how many threads there are to use."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sonotag.domain import WINDOW_SAMPLES, Float32
from sonotag.errors import ModelError
from sonotag.models.inference import InferenceWorker
from sonotag.models.manager import DownloadProgress, DownloadReport, ModelManager, ModelState, ModelStatus
from sonotag.models.threads import available_cpus
from tests.unit.fake_encoder import FakeSource, LoudnessEncoder


@pytest.fixture
def worker() -> Iterator[InferenceWorker]:
    worker = InferenceWorker()
    yield worker
    worker.close()


class GatedEncoder(LoudnessEncoder):
    """Waits for a signal, and notes the size of every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.batches: list[int] = []

    def encode_audio(self, windows: Float32) -> Float32:
        assert self.gate.wait(10)
        self.batches.append(windows.shape[0])
        return super().encode_audio(windows)


def window(level: float, samples: int = WINDOW_SAMPLES) -> Float32:
    return np.full(samples, level, np.float32)


def test_the_first_window_does_not_wait_and_the_rest_go_together(worker: InferenceWorker) -> None:
    encoder = GatedEncoder()
    results = [worker.submit(encoder, window(n / 10)) for n in range(8)]
    encoder.gate.set()
    frames = [result.result(10) for result in results]
    assert sum(encoder.batches) == 8
    assert max(encoder.batches) <= encoder.max_batch
    assert len(encoder.batches) < 8
    for n, one in enumerate(frames):
        np.testing.assert_allclose(one[:, 0], n / 10, atol=1e-6)
    assert worker.windows_encoded == 8


def test_a_short_window_is_padded_with_silence(worker: InferenceWorker) -> None:
    frames = worker.submit(LoudnessEncoder(), window(0.5, WINDOW_SAMPLES // 2)).result(10)
    np.testing.assert_allclose(frames[:, 0], [0.5] * 5 + [0.0] * 5, atol=1e-6)


def test_different_encoders_are_never_mixed_in_a_batch(worker: InferenceWorker) -> None:
    one, other = GatedEncoder(), GatedEncoder()
    results = [worker.submit(encoder, window(0.1)) for encoder in (one, other, one, other)]
    one.gate.set()
    other.gate.set()
    for result in results:
        result.result(10)
    assert (sum(one.batches), sum(other.batches)) == (2, 2)


def test_work_that_nobody_waits_for_is_dropped(worker: InferenceWorker) -> None:
    encoder = GatedEncoder()
    kept = worker.submit(encoder, window(0.1))
    dropped = worker.submit(encoder, window(0.2))
    assert dropped.cancel()
    encoder.gate.set()
    kept.result(10)
    worker.submit(encoder, window(0.3)).result(10)
    assert sum(encoder.batches) == 2


def test_an_error_of_one_job_does_not_stop_the_next(worker: InferenceWorker) -> None:
    class Broken(LoudnessEncoder):
        def encode_audio(self, windows: Float32) -> Float32:
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        worker.submit(Broken(), window(0.1)).result(10)
    assert worker.submit(LoudnessEncoder(), window(0.1)).result(10).shape == (10, 2)


def test_a_model_that_is_ready_is_handed_out_and_others_say_why_not() -> None:
    gate = threading.Event()

    def slow() -> LoudnessEncoder:
        assert gate.wait(10)
        return LoudnessEncoder()

    def broken() -> LoudnessEncoder:
        raise FileNotFoundError("weights.safetensors")

    models = ModelManager({"broken": FakeSource("broken", broken), "loudness": FakeSource("loudness", slow)})
    models.start()
    with pytest.raises(ModelError) as loading:
        models.encoder()
    assert loading.value.code == "model_loading"
    gate.set()
    assert models.encoder(wait_s=10).name == "loudness"
    wait_for(models, "broken", ModelState.FAILED)
    with pytest.raises(ModelError) as failed:
        models.encoder("broken")
    assert failed.value.code == "model_failed"
    assert "weights.safetensors" in failed.value.hint
    with pytest.raises(ModelError) as unknown:
        models.encoder("flamingo")
    assert unknown.value.code == "unknown_model"
    models.close()


def wait_for(models: ModelManager, name: str, *states: ModelState) -> ModelStatus:
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        status = models.status(name)
        if status.state in states:
            return status
        time.sleep(0.005)
    raise AssertionError(f"{name} is still {models.status(name).state}")


def test_a_model_that_is_brought_takes_over_from_the_one_that_was_there() -> None:
    gate = threading.Event()

    def fetch(report: DownloadReport) -> None:
        report(DownloadProgress("weights", 10, 100))
        assert gate.wait(10)

    big = FakeSource("big", lambda: LoudnessEncoder("2"), here=False, fetch=fetch)
    models = ModelManager({"big": big, "small": FakeSource("small", LoudnessEncoder)})
    models.start()
    assert models.encoder(wait_s=10).version == "1"
    assert wait_for(models, "big", ModelState.ABSENT).problem == big.absent()
    with pytest.raises(ModelError) as absent:
        models.encoder("big")
    assert absent.value.code == "model_absent"
    with pytest.raises(ModelError) as terms:
        models.download("big", terms_accepted=False)
    assert (terms.value.code, terms.value.hint) == ("terms_not_accepted", "Only for research.")

    assert models.download("big", terms_accepted=True).state is ModelState.DOWNLOADING
    while models.status("big").progress is None:
        time.sleep(0.005)
    assert models.status("big").progress == DownloadProgress("weights", 10, 100)
    assert models.encoder().version == "1"  # the page works all the while
    with pytest.raises(ModelError) as busy:
        models.download("big", terms_accepted=True)
    assert busy.value.code == "model_busy"
    gate.set()
    wait_for(models, "big", ModelState.READY)
    assert models.encoder().version == "2"
    models.close()


def test_a_cancelled_download_can_be_begun_again_and_a_failed_one_says_why() -> None:
    tries: list[str] = []

    def fetch(report: DownloadReport) -> None:
        tries.append("begun")
        if len(tries) == 2:
            raise ModelError("The hub is away.", hint="Try again.", code="model_failed")
        while len(tries) == 1:
            report(DownloadProgress("weights", 10, None))

    models = ModelManager({"big": FakeSource("big", LoudnessEncoder, here=False, fetch=fetch)})
    models.start()
    wait_for(models, "big", ModelState.ABSENT)
    models.download("big", terms_accepted=True)
    while not tries:
        time.sleep(0.005)
    models.cancel_download()
    wait_for(models, "big", ModelState.ABSENT)
    models.download("big", terms_accepted=True)
    failed = wait_for(models, "big", ModelState.FAILED)
    assert failed.problem is not None
    assert failed.problem.message == "The hub is away."
    models.download("big", terms_accepted=True)
    wait_for(models, "big", ModelState.READY)
    models.close()


def test_closing_ends_a_download() -> None:
    begun = threading.Event()

    def fetch(report: DownloadReport) -> None:
        while True:
            begun.set()
            report(DownloadProgress("weights", 10, None))

    models = ModelManager({"big": FakeSource("big", LoudnessEncoder, here=False, fetch=fetch)})
    models.start()
    wait_for(models, "big", ModelState.ABSENT)
    models.download("big", terms_accepted=True)
    assert begun.wait(10)
    models.close()
    assert models.status("big").state is ModelState.ABSENT


@pytest.mark.parametrize(("text", "cpus"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("100000 100000", 1)])
def test_the_quota_of_the_container_counts(tmp_path: Path, text: str, cpus: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    everything = available_cpus(tmp_path / "none", tmp_path)
    assert available_cpus(quota, tmp_path) == min(cpus, everything)


def test_no_quota_means_all(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("max 100000\n")
    everything = available_cpus(tmp_path / "none", tmp_path)
    assert available_cpus(quota, tmp_path) == everything
    (tmp_path / "cpu.cfs_quota_us").write_text("-1\n")
    (tmp_path / "cpu.cfs_period_us").write_text("100000\n")
    assert available_cpus(tmp_path / "none", tmp_path) == everything
    (tmp_path / "cpu.cfs_quota_us").write_text("100000\n")
    assert available_cpus(tmp_path / "none", tmp_path) == 1
