"""FLAM behind the encoder protocol, in miniature: the same geometry with weights filled by name."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from openflam import FLAMConfig, Runtime, Tokenizer
from sonotag.analysis.scoring import score_frames
from sonotag.errors import InputError, ModelError
from sonotag.models.encoder import Encoder
from sonotag.models.flam import (
    CACHED_PROMPTS,
    CHECKPOINT_FILE,
    TOKENIZER_FILE,
    TOO_LONG,
    FlamEncoder,
    FlamSource,
    Text,
)
from sonotag.models.manager import LoadReport, LoadStage, ModelManager, ModelState
from tests.openflam.filled import filled_model, signal
from tests.openflam.hub import Hub, serving
from tests.openflam.small_tokenizer import train
from tests.unit.fake_encoder import FakeSource, LoudnessEncoder

PROMPTS = ["a dog is barking", "rain", "dog und Ümlaut 🐕"]
TINY = FLAMConfig.tiny()


def place_files(folder: Path) -> None:
    """As a user would: both files in one folder."""
    folder.mkdir(parents=True)
    torch.save(filled_model(TINY).state_dict(), folder / CHECKPOINT_FILE)
    train(300).save(str(folder / TOKENIZER_FILE))


def source(folder: Path, checkpoint: Path | None = None, **others: Any) -> FlamSource:
    return FlamSource(
        folder, checkpoint, **{"threads": 1, "engine": "torch", "precision": "float32", "config": TINY} | others
    )


def ignore(_: LoadStage) -> None:
    """For loads whose stages are not the matter."""


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> FlamEncoder:
    folder = tmp_path_factory.mktemp("flam") / "models"
    place_files(folder)
    return source(folder).load(ignore)


def test_scores_are_those_of_the_runtime(encoder: FlamEncoder) -> None:
    window = signal(silent=False)
    frames = encoder.encode_audio(window[None])
    assert frames.shape == (1, 32, TINY.dim)
    assert encoder.frames_per_window * encoder.seconds_per_frame == 10
    scores = score_frames(frames[0], encoder.encode_text(PROMPTS))

    model = filled_model(TINY)
    with torch.inference_mode():
        text = model.encode_text(PROMPTS, Tokenizer(train(300), TINY.text))
        expected = model.similarity(model.encode_audio(torch.from_numpy(window[None])).frames, text)[0].numpy()
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert scores.std() > 0


def test_stored_frames_in_half_precision_change_no_score_by_a_hundredth(encoder: FlamEncoder) -> None:
    frames = encoder.encode_audio(signal(silent=False)[None])[0]
    text = encoder.encode_text(PROMPTS)
    assert abs(score_frames(frames.astype(np.float16), text) - score_frames(frames, text)).max() < 0.01


def test_every_prompt_is_covered_whatever_was_asked_before(encoder: FlamEncoder) -> None:
    first = encoder.encode_text(PROMPTS)
    again = encoder.encode_text([*reversed(PROMPTS), PROMPTS[0]])
    assert again.covered.all()
    assert [c.matched for c in again.coverage] == [*reversed(PROMPTS), PROMPTS[0]]
    np.testing.assert_array_equal(again.vectors[:3][::-1], first.vectors)
    np.testing.assert_array_equal(again.vectors[3], first.vectors[0])
    assert encoder.encode_text([]).vectors.shape == (0, TINY.dim)


def test_the_cache_of_texts_is_bounded(encoder: FlamEncoder) -> None:
    many = [f"dog {number}" for number in range(CACHED_PROMPTS + 5)]
    assert encoder.encode_text(many).vectors.shape == (len(many), TINY.dim)
    assert len(encoder._known) == CACHED_PROMPTS
    assert encoder.encode_text(PROMPTS).covered.all()


def test_what_others_ask_meanwhile_takes_no_prompt_away(encoder: FlamEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.encode_text(["known"])
    encoded = encoder._encoded

    def beside_others(prompts: list[str]) -> dict[str, Text]:
        encoder._known.clear()  # as many new prompts of others would
        return encoded(prompts)

    monkeypatch.setattr(encoder, "_encoded", beside_others)
    assert encoder.encode_text(["known", "new"]).covered.all()


def test_wild_samples_are_tamed_and_a_prompt_without_text_is_refused(encoder: FlamEncoder) -> None:
    wild = signal(silent=False)[None].copy()
    wild[0, :3] = (np.nan, np.inf, 1e30)
    assert np.isfinite(encoder.encode_audio(wild)).all()
    with pytest.raises(InputError, match="empty"):
        encoder.encode_text(["  "])


def test_what_is_missing_is_named_with_where_to_put_it(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "flam"
    problem = source(folder).absent()
    assert problem is not None
    assert CHECKPOINT_FILE in problem.message
    assert TOKENIZER_FILE in problem.message
    assert str(folder) in problem.hint
    place_files(folder)
    assert source(folder).absent() is None
    # By the name of the file, of its folder, and with the tokenizer in the usual place.
    named = tmp_path / "elsewhere" / "weights.pth"
    named.parent.mkdir()
    (folder / CHECKPOINT_FILE).rename(named)
    assert source(folder, named).absent() is None
    assert source(folder, named.parent).absent() is not None


@pytest.mark.parametrize("content", [b"", b"<!doctype html><title>Sign in</title>", b"PK\x03\x04 cut short"])
def test_a_wrong_file_is_refused_with_the_reason(tmp_path: Path, content: bytes) -> None:
    place_files(tmp_path / "flam")
    (tmp_path / "flam" / CHECKPOINT_FILE).write_bytes(content)
    with pytest.raises(ModelError) as refused:
        source(tmp_path / "flam").load(ignore)
    assert CHECKPOINT_FILE in refused.value.message
    assert refused.value.message.endswith(".")
    assert "huggingface.co" in refused.value.hint


def test_another_models_weights_are_refused(tmp_path: Path) -> None:
    place_files(tmp_path / "flam")
    whole = source(tmp_path / "flam", config=None)  # v1-base, which these are not
    with pytest.raises(ModelError, match="another model's weights"):
        whole.load(ignore)


def test_a_prompt_longer_than_flam_reads_says_so(encoder: FlamEncoder) -> None:
    long = "a dog is barking and then " * 40
    notes = [coverage.note for coverage in encoder.encode_text(["rain", long]).coverage]
    assert notes == [None, TOO_LONG]
    # From memory too.
    assert encoder.encode_text([long]).coverage[0].note == TOO_LONG


def test_loading_tells_what_it_is_at_and_the_status_shows_it(tmp_path: Path) -> None:
    place_files(tmp_path / "flam")
    stages: list[LoadStage] = []
    source(tmp_path / "flam").load(stages.append)
    assert stages[0] is LoadStage.CONVERTING
    assert stages[-1] is LoadStage.LOADING

    told, go_on = threading.Event(), threading.Event()

    class Slow(FakeSource):
        def load(self, report: LoadReport) -> Encoder:
            report(LoadStage.CONVERTING)
            told.set()
            assert go_on.wait(10)
            return super().load(report)

    models = ModelManager({"slow": Slow("slow", LoudnessEncoder)})
    models.start()
    assert told.wait(10)
    assert models.status("slow").stage is LoadStage.CONVERTING
    go_on.set()
    models.encoder("slow", wait_s=10)
    assert models.status("slow").stage is None
    models.close()


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model's files and what its first start on OpenVINO made of them."""
    folder = tmp_path_factory.mktemp("converted") / "flam"
    place_files(folder)
    stages: list[LoadStage] = []
    source(folder, engine="openvino").load(stages.append)
    assert stages == [LoadStage.CONVERTING, LoadStage.MEASURING, LoadStage.LOADING]
    return folder


def test_openvino_gives_the_definitions_scores_and_fetches_again_what_it_gave_back(
    converted: Path, encoder: FlamEncoder
) -> None:
    ours = source(converted, engine="openvino").load(ignore)
    assert ours.version == encoder.version
    window = signal(silent=False)
    expected = score_frames(encoder.encode_audio(window[None])[0], encoder.encode_text(PROMPTS))
    before = score_frames(ours.encode_audio(window[None])[0], ours.encode_text(PROMPTS))
    np.testing.assert_allclose(before, expected, atol=1e-3)

    ours._runtime.rest()
    other = ["a text that was never asked for"]
    np.testing.assert_allclose(ours.encode_text(other).vectors, encoder.encode_text(other).vectors, atol=1e-3)


LATER_START = """
import sys
from pathlib import Path
import numpy as np
from openflam import FLAMConfig
from sonotag.models.flam import FlamSource

told = []
flam = FlamSource(Path(sys.argv[1]), None, threads=1, engine="openvino", precision="float32", config=FLAMConfig.tiny())
encoder = flam.load(told.append)
assert encoder.encode_audio(np.zeros((1, 480000), np.float32)).shape == (1, 32, encoder.dimension)
assert encoder.encode_text(["never asked for before"]).covered.all()
loaded = {name.partition(".")[0] for name, module in sys.modules.items() if module is not None}
print(*told, sorted(loaded & {"torch", "huggingface_hub", "httpx2", "openvino_telemetry"}))
"""


def test_a_later_start_converts_nothing_and_imports_no_torch(converted: Path) -> None:
    command = [sys.executable, "-c", LATER_START, str(converted)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "loading []"


class WatchedRuntime:
    """A runtime that tells when it may rest."""

    def __init__(self, runtime: Runtime) -> None:
        self.rested = threading.Event()
        self._runtime = runtime

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)

    def rest(self, unused_s: float) -> float | None:
        done = self._runtime.rest(unused_s)
        self.rested.set()
        return done


def test_after_new_prompts_the_runtime_rests_and_not_after_known_ones(encoder: FlamEncoder) -> None:
    runtime = WatchedRuntime(encoder._runtime)
    fresh = FlamEncoder(cast("Runtime", runtime), unused_kept_s=0.01)
    fresh.encode_text(PROMPTS)
    assert runtime.rested.wait(10)
    runtime.rested.clear()
    fresh.encode_text(PROMPTS)
    assert not runtime.rested.wait(0.1)
    fresh.encode_text(["something new"])
    assert runtime.rested.wait(10)


def test_the_runtime_rests_again_when_more_may_be_given_back(encoder: FlamEncoder) -> None:
    """What is used last is not kept for twice the time because something else was given back before."""
    answers: list[float | None] = [0.05, None]
    rested_at_s: list[float] = []
    done = threading.Event()

    class Holding(WatchedRuntime):
        def rest(self, unused_s: float) -> float | None:
            rested_at_s.append(time.monotonic())
            if len(rested_at_s) == 2:
                done.set()
            return answers.pop(0)

    fresh = FlamEncoder(cast("Runtime", Holding(encoder._runtime)), unused_kept_s=0.5)
    fresh.encode_audio(np.zeros((2, 480_000), np.float32))
    assert done.wait(10)
    assert 0.04 < rested_at_s[1] - rested_at_s[0] < 0.5
    assert not answers


def test_an_engine_that_cannot_do_what_is_asked_says_so(tmp_path: Path) -> None:
    place_files(tmp_path / "flam")
    with pytest.raises(ModelError) as refused:
        source(tmp_path / "flam", precision="int8").load(ignore)
    assert refused.value.code == "model_failed"
    assert refused.value.hint


def test_a_download_that_breaks_off_goes_on_and_ends_in_a_model_that_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_files(tmp_path / "published")
    content = [(tmp_path / "published" / name).read_bytes() for name in (TOKENIZER_FILE, CHECKPOINT_FILE)]
    with serving(Hub(*content), monkeypatch) as hub:
        hub.cut_after = [100_000, 200_000]
        flam = source(tmp_path / "models" / "flam", endpoint=hub.url)
        models = ModelManager({"flam": flam, "loudness": FakeSource("loudness", LoudnessEncoder)})
        models.start()
        assert models.encoder(wait_s=30).name == "loudness"
        while models.status("flam").state is not ModelState.ABSENT:
            time.sleep(0.01)
        models.download("flam", terms_accepted=True)
        while models.status("flam").state in (ModelState.DOWNLOADING, ModelState.LOADING):
            time.sleep(0.01)
        assert models.status("flam").state is ModelState.READY, models.status("flam").problem
        assert models.encoder().name == "flam"
        models.close()
    ranges = [wanted for file, wanted in hub.gets if file == CHECKPOINT_FILE]
    starts = [int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0 for wanted in ranges]
    assert len(starts) == 3
    assert 0 == starts[0] < starts[1] < starts[2]


def test_without_a_hub_the_reason_and_the_way_by_hand_are_told(tmp_path: Path) -> None:
    flam = FlamSource(tmp_path / "flam", None, threads=1, endpoint="http://127.0.0.1:9")
    with pytest.raises(ModelError) as refused:
        flam.download(lambda _: None)
    assert "127.0.0.1:9" in refused.value.message
    assert CHECKPOINT_FILE in refused.value.hint
    named = FlamSource(tmp_path / "flam", tmp_path / "elsewhere.pth", threads=1)
    with pytest.raises(ModelError, match=r"elsewhere\.pth"):
        named.download(lambda _: None)
