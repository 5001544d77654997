"""Vectors of texts on disk: kept, bounded, shared, and never in the way."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import openflam.runtime
from openflam import FLAMConfig, PromptError, open_runtime
from openflam.runtime import TEXTS_FILE, LoadedRuntime, Runtime
from openflam.textcache import Entry, TextCache, key_of
from tests.openflam.place import place_tiny

TINY = FLAMConfig.tiny()
DIM = 4


def entry(number: int) -> Entry:
    return Entry(np.full(DIM, number, np.float32), number + 0.25, -number)


def key(number: int) -> bytes:
    return key_of("model", [0, number, 2])


def cache(folder: Path, most: int = 100) -> TextCache:
    return TextCache(folder / "texts.sqlite3", DIM, most)


def numbers(kept: TextCache, upto: int) -> list[int]:
    found = kept.get([key(number) for number in range(upto)])
    return [number for number in range(upto) if key(number) in found]


def test_keys_tell_texts_and_models_apart() -> None:
    assert len({key_of("a", [1, 2]), key_of("b", [1, 2]), key_of("a", [1, 2, 3]), key_of("a", [513])}) == 4


def test_what_is_put_is_there_at_the_next_start(tmp_path: Path) -> None:
    first = cache(tmp_path)
    first.put({key(number): entry(number) for number in range(3)})
    first.close()
    found = cache(tmp_path).get([key(2), key(7)])
    assert list(found) == [key(2)]
    np.testing.assert_array_equal(found[key(2)].vector, entry(2).vector)
    assert (found[key(2)].scale, found[key(2)].bias) == (2.25, -2)


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    kept = cache(tmp_path, most=4)
    for number in range(4):
        kept.put({key(number): entry(number)})
    kept.get([key(0)])
    kept.put({key(4): entry(4), key(5): entry(5)})
    assert numbers(kept, 6) == [0, 3, 4, 5]


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    kept = cache(tmp_path, most=2000)
    kept.put({key(number): entry(number) for number in range(1500)})
    assert numbers(kept, 1600) == list(range(1500))


@pytest.mark.parametrize("spoilt", [b"no database at all, but long enough" * 100, b"SQLite format 3\0" + bytes(4096)])
def test_a_damaged_file_is_made_anew(tmp_path: Path, spoilt: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "texts.sqlite3").write_bytes(spoilt)
    kept = cache(tmp_path)
    with caplog.at_level(logging.WARNING, "openflam"):
        assert kept.get([key(1)]) == {}
    assert "made anew" in caplog.text
    kept.put({key(1): entry(1)})
    assert numbers(kept, 3) == [1]


def test_another_width_or_layout_is_made_anew(tmp_path: Path) -> None:
    TextCache(tmp_path / "texts.sqlite3", DIM + 1).put({key(1): Entry(np.zeros(DIM + 1, np.float32), 1, 1)})
    kept = cache(tmp_path)
    assert numbers(kept, 3) == []
    kept.put({key(1): entry(1)})
    kept.close()
    with sqlite3.connect(tmp_path / "texts.sqlite3") as connection:
        connection.execute("DROP TABLE text")
        connection.execute("CREATE TABLE text (of_another_layout)")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    kept = cache(tmp_path)
    kept.put({key(2): entry(2)})
    assert numbers(kept, 3) == [2]


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = TextCache(tmp_path / "absent" / "texts.sqlite3", DIM)
    with caplog.at_level(logging.WARNING, "openflam"):
        kept.put({key(1): entry(1)})
        assert kept.get([key(1)]) == {}
    assert "not kept" in caplog.text


def test_processes_share_it(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from tests.openflam.test_textcache import cache, entry, key
kept, offset = cache(Path({str(tmp_path)!r}), 1000), int(sys.argv[1])
for number in range(offset, offset + 30):
    kept.put({{key(number): entry(number)}})
"""
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", code, str(30 * i)], cwd=root) for i in range(3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert numbers(cache(tmp_path), 100) == list(range(90))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    place_tiny(folder)
    return folder


def start(folder: Path, cache_dir: Path) -> Runtime:
    return open_runtime(
        folder,
        tokenizer=folder / "tokenizer.json",
        cache_dir=cache_dir,
        engine="torch",
        precision="float32",
        config=TINY,
    )


def test_a_prompt_is_encoded_once(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = start(folder, tmp_path)
    before = runtime.encode_text(["dog", "x" * 300, "dog", "rain is falling"])
    runtime = start(folder, tmp_path)
    encoded: list[int] = []
    assert isinstance(runtime, LoadedRuntime)
    engine = runtime._engine
    original = engine.encode_tokens

    def counted(texts: Sequence[Sequence[int]]) -> object:
        encoded.append(len(texts))
        return original(texts)

    monkeypatch.setattr(engine, "encode_tokens", counted)
    after = runtime.encode_text(["dog", "x" * 300, "dog", "rain is falling"])
    assert encoded == []
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    runtime.encode_text(["dog", "glass", "glass"])
    assert encoded == [1]


def test_a_damaged_cache_does_not_stop_a_runtime(folder: Path, tmp_path: Path) -> None:
    before = start(folder, tmp_path).encode_text(["dog"])
    (tmp_path / TEXTS_FILE).write_bytes(b"damaged" * 1000)
    np.testing.assert_array_equal(start(folder, tmp_path).encode_text(["dog"]).vectors, before.vectors)


def test_many_prompts_come_in_blocks(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openflam.runtime, "PROMPTS_PER_BLOCK", 100)
    runtime = start(folder, tmp_path)
    many = runtime.encode_text([*(f"dog {number}" for number in range(249)), "x" * 300])
    assert many.vectors.shape == (250, TINY.dim)
    assert many.truncated.tolist() == [False] * 249 + [True]
    for number in (0, 99, 100, 248):
        alone = start(folder, tmp_path / "other").encode_text([f"dog {number}"])
        np.testing.assert_allclose(many.vectors[number], alone.vectors[0], atol=1e-5)
    with pytest.raises(PromptError, match="prompt 150 is empty"):
        runtime.encode_text(["dog"] * 150 + [" "])
