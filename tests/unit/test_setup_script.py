"""Set-up: which torch is taken, and when a step is done again."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import setup


@pytest.fixture(autouse=True)
def _no_choice_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCH_INDEX_URL", raising=False)
    monkeypatch.delenv("SONOTAG_TORCH", raising=False)
    monkeypatch.setattr(setup.platform, "system", lambda: "Linux")


def cpu_index(monkeypatch: pytest.MonkeyPatch, *, answers: bool) -> None:
    monkeypatch.setattr(setup, "answers", lambda url: answers)


def test_cpu_index_is_taken_where_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu_index(monkeypatch, answers=True)
    assert setup.torch_index() == setup.TORCH_CPU_INDEX


def test_ordinary_index_is_taken_where_the_cpu_index_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu_index(monkeypatch, answers=False)
    assert setup.torch_index() == ""


def test_cuda_build_comes_from_the_ordinary_index(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu_index(monkeypatch, answers=True)
    monkeypatch.setenv("SONOTAG_TORCH", "cuda")
    assert setup.torch_index() == ""


@pytest.mark.parametrize("named", ["", "http://127.0.0.1:9/simple"])
def test_a_named_index_wins(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    cpu_index(monkeypatch, answers=True)
    monkeypatch.setenv("SONOTAG_TORCH", "cuda")
    monkeypatch.setenv("TORCH_INDEX_URL", named)
    assert setup.torch_index() == named


def test_nothing_is_asked_where_there_is_no_cuda_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(setup, "answers", lambda url: pytest.fail("probed"))
    assert setup.torch_index() == ""


def test_a_dead_index_is_no_answer() -> None:
    assert not setup.answers("http://127.0.0.1:9/simple")


class TestTorchStays:
    """A build that was chosen once is kept until its pin changes or another build is named."""

    @pytest.fixture
    def calls(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
        calls: list[tuple[str, ...]] = []
        monkeypatch.setattr(setup, "ROOT", tmp_path)
        monkeypatch.setattr(setup, "STAMPS", tmp_path / "stamps")
        monkeypatch.setattr(setup, "pip", lambda *arguments: calls.append(arguments))
        cpu_index(monkeypatch, answers=False)
        (tmp_path / "torch.txt").write_text("torch==1\n")
        return calls

    def test_second_run_does_nothing(self, calls: list[tuple[str, ...]], tmp_path: Path) -> None:
        setup.setup_torch(tmp_path / "torch.txt")
        setup.setup_torch(tmp_path / "torch.txt")
        assert [call[0] for call in calls] == ["install"]

    def test_cuda_stays_when_it_is_not_named_again(
        self, calls: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SONOTAG_TORCH", "cuda")
        setup.setup_torch(tmp_path / "torch.txt")
        monkeypatch.delenv("SONOTAG_TORCH")
        setup.setup_torch(tmp_path / "torch.txt")
        assert [call[0] for call in calls] == ["install"]

    def test_another_build_replaces_the_one_there(
        self, calls: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setup.setup_torch(tmp_path / "torch.txt")
        monkeypatch.setenv("SONOTAG_TORCH", "cuda")
        setup.setup_torch(tmp_path / "torch.txt")
        assert [call[0] for call in calls] == ["install", "uninstall", "install"]

    def test_another_pin_is_installed(self, calls: list[tuple[str, ...]], tmp_path: Path) -> None:
        setup.setup_torch(tmp_path / "torch.txt")
        (tmp_path / "torch.txt").write_text("torch==2\n")
        setup.setup_torch(tmp_path / "torch.txt")
        assert calls[-1][0] == "install"


class TestDigest:
    @pytest.fixture(autouse=True)
    def _root(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(setup, "ROOT", tmp_path)

    def test_order_of_files_does_not_matter(self, tmp_path: Path) -> None:
        files = [tmp_path / name for name in "ab"]
        for file in files:
            file.write_text(file.name)
        assert setup.digest(files) == setup.digest(reversed(files))

    def test_names_and_contents_do(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("x")
        (tmp_path / "b").write_text("x")
        (tmp_path / "c").write_text("y")
        assert len({setup.digest([tmp_path / name]) for name in "abc"}) == 3


def test_chrome_path_that_cannot_be_run_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROME_PATH", "/nonexistent/chrome")
    with pytest.raises(setup.SetupError, match="/nonexistent/chrome"):
        setup.find_browser()


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["chromium", "chromium-headless-shell"], "chromium-headless-shell"),
        (["google-chrome", "chromium"], "chromium"),
        ([], None),
    ],
)
def test_the_browser_without_windows_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: list[str], taken: str | None
) -> None:
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert setup.find_browser() == (str(tmp_path / taken) if taken else None)


def test_a_release_that_has_no_such_browser_gives_the_one_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def apt_install(package: str) -> None:
        asked.append(package)
        if package != "chromium":
            raise setup.SetupError("E: Unable to locate package")

    monkeypatch.setattr(setup, "find_browser", lambda: None)
    monkeypatch.setattr(setup, "is_root", lambda: True)
    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(setup, "apt_install", apt_install)
    setup.setup_browser()
    assert asked == ["chromium-headless-shell", "chromium"]
