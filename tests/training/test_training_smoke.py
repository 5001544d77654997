"""The whole way from a folder of recordings to loaded weights, in miniature."""

from __future__ import annotations

import csv
import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from sonotag.models.tagger import Tagger, load_tagger
from sonotag.models.tagger_format import TaggerConfig
from training import pipeline
from training.activity import activity_of
from training.clips import (
    HELD_OUT,
    assign_folds,
    load_clips,
    read_manifest,
    recorded_folds,
    training_side,
)
from training.clips import test_side as held_out_side
from training.config import TrainingConfig, with_settings
from training.evaluation.calibrate import SILENCE_MARGIN, calibrate, silent_thresholds
from training.evaluation.report import BEGIN, END, write_into_card
from training.evaluation.testsets import CLIPPED, LIVELY_NOISES, VARIED_NOISES, Scored, noise_pieces
from training.export import export
from training.mixtures import MixtureMaker
from training.network import folded, joined, trainable_tagger
from training.synthesis.run import PROCEDURES
from training.vocabulary import ESC10, LABELS, meaning_of

RATE_HZ = 48_000
SMALL = replace(
    TrainingConfig(),
    network=replace(
        TrainingConfig().network, channels=(4, 4, 4, 8, 8, 8), dilations=(1, 2), dim=32, smoothing_frames=3
    ),
    mixture_shares=(0.4, 0.8),
    steps=3,
    threads=1,
    batch=4,
    example_frames=16,
    warmup_steps=1,
    clips_per_signal=1,
    ensemble_pieces=1,
    noise_s=10.0,
    test_mixtures_per_fold=2,
    noise_realisations=1,
    varied_noise_realisations=1,
    own_noise_realisations=1,
    psds_thresholds=4,
    default_folds=(1, 2),
)


def write_recordings(folder: Path) -> None:
    """A burst of tone or noise for a few labels, in two ESC-50-like folds and one file without a fold."""
    folder.mkdir()
    rng = np.random.default_rng(5)
    rows: list[tuple[str, str]] = []
    for number, label in enumerate(ESC10[:3]):
        for fold in (1, 2):
            rows.append((f"{fold}-{1000 + 10 * number + fold}-A-{number}.wav", label))
    rows.append(("free.wav", "cat meowing"))
    for number, (file, _) in enumerate(rows):
        wave = np.zeros(RATE_HZ * 2)
        time = np.arange(RATE_HZ) / RATE_HZ
        wave[RATE_HZ // 2 : RATE_HZ * 3 // 2] = 0.3 * np.sin(2 * np.pi * 300 * (number + 1) * time) + 0.01 * rng.normal(
            size=RATE_HZ
        )
        soundfile.write(folder / file, wave, RATE_HZ)
    with (folder / "manifest.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["file", "label", "extra_labels", "seconds", "licence", "author_or_attribution", "source_url_or_repo"]
        )
        writer.writerows(
            [file, label, "", "2.00", "CC0-1.0", "nobody", f"https://example.org/{file}"] for file, label in rows
        )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pipeline.Material]:
    """Recordings, and all that the stages made of them."""
    base = tmp_path_factory.mktemp("training")
    write_recordings(base / "recordings")
    out = base / "out"
    # Procedures are ours: nothing has to be installed for them.
    pipeline.synthesise(SMALL, out / "synthesised", PROCEDURES)
    material = pipeline.prepare(SMALL, base / "recordings", out)
    pipeline.train_networks(SMALL, base / "recordings", out, [*recorded_folds(material.clips), None])
    return out, material


def test_all_stages_lead_to_weights_that_load(
    run: tuple[Path, pipeline.Material], caplog: pytest.LogCaptureFixture
) -> None:
    out, material = run
    with caplog.at_level(logging.INFO):
        report = pipeline.finish(SMALL, material, out)
    tagger, metadata = load_tagger(out / "builtin.safetensors")
    assert metadata.labels == LABELS
    assert len(metadata.version) == 12
    scores = tagger(torch.zeros(1, SMALL.network.window_samples))
    assert scores.shape == (1, 80, len(LABELS))
    assert torch.isfinite(scores).all()
    # Two members of 32 channels are stored in as many as there are labels, and one more for steady noise.
    assert tagger.frames(torch.zeros(1, SMALL.network.window_samples)).shape == (1, 80, len(LABELS) + 1)
    assert report.esc10_clips == 6
    assert len(report.lines()) > len(LABELS)
    assert "free.wav" in (out / "ATTRIBUTION.md").read_text(encoding="utf-8")
    card = out / "card.md"
    card.write_text(f"before {BEGIN} old {END} after", encoding="utf-8")
    write_into_card(card, report)
    text = card.read_text(encoding="utf-8")
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "old" not in text.replace("threshold", "")


def test_no_fold_learns_from_what_it_is_measured_on(run: tuple[Path, pipeline.Material]) -> None:
    clips = run[1].clips
    folds = recorded_folds(clips)
    assert folds == [1, 2]
    seen: list[str] = []
    for fold in folds:
        learned = {clip.row.file for clip in training_side(clips, fold)}
        assert "music-music-ensemble-000.flac" in learned
        measured = {clip.row.file for clip in held_out_side(clips, fold, folds)}
        assert measured
        assert not learned & measured
        groups = {clip.row.group for clip in training_side(clips, fold) if not clip.row.synthetic}
        assert not groups & {clip.row.group for clip in held_out_side(clips, fold, folds) if not clip.row.synthetic}
        seen += measured
    assert len(seen) == len(set(seen)) == sum(clip.fold != 0 for clip in clips)
    assert any(clip.fold == HELD_OUT for clip in clips)


def test_a_clip_is_active_where_it_sounds(run: tuple[Path, pipeline.Material]) -> None:
    clip = next(clip for clip in run[1].clips if clip.row.file == "free.wav")
    on = np.flatnonzero(clip.activity.active) * SMALL.network.hop_samples / RATE_HZ
    assert on.min() == pytest.approx(0.5, abs=0.04)
    assert on.max() == pytest.approx(1.5, abs=0.04)


def test_batches_repeat_for_a_seed_and_mark_what_sounds(run: tuple[Path, pipeline.Material]) -> None:
    material = run[1]
    first, second = (MixtureMaker(material.clips, material.noise, SMALL, 0.5, seed=4).batch() for _ in range(2))
    np.testing.assert_array_equal(first.mel_db, second.mel_db)
    np.testing.assert_array_equal(first.target, second.target)
    assert first.mel_db.shape == (4, 128, SMALL.network.n_mels)
    assert first.target.shape == first.weight.shape == (4, 16, len(LABELS))
    assert np.isfinite(first.mel_db).all()
    assert set(np.unique(first.target)) <= {0.0, 1.0}


def test_folding_the_normalisation_changes_nothing(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = trainable_tagger(SMALL.network, len(LABELS), dropout=0.1)
    network.train()
    mel = torch.randn(4, 64, SMALL.network.n_mels) * 20 - 60
    for _ in range(3):
        network.frames_of_mel(mel)
    network.eval()
    with torch.inference_mode():
        expected = network.logits(network.frames_of_mel(mel))
        torch.testing.assert_close(
            folded(network).logits(folded(network).frames_of_mel(mel)), expected, atol=1e-3, rtol=1e-3
        )
        export(folded(network), ["rain"], tmp_path / "w.safetensors")
        loaded, metadata = load_tagger(tmp_path / "w.safetensors")
        torch.testing.assert_close(loaded.logits(loaded.frames_of_mel(mel)), expected, atol=0.02, rtol=0.02)
    assert metadata.advertised == ("rain",)


def test_rows_without_a_fold_keep_their_group_together(tmp_path: Path) -> None:
    write_recordings(tmp_path / "r")
    manifest = tmp_path / "r" / "manifest.csv"
    with manifest.open("a") as stream:
        for number in range(4):
            stream.write(f"free-{number}.wav,cat meowing,,1.0,CC0-1.0,nobody,https://example.org/one via mod\n")
    rows = assign_folds(read_manifest(tmp_path / "r"), (1, 2))
    assert len({row.fold for row in rows if row.source.endswith("via mod")}) == 1
    assert all(row.fold in (1, 2) for row in rows)


def bursts(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Decaying tones at random times, as birds and bells make them."""
    wave = np.zeros(round(seconds * RATE_HZ))
    time = np.arange(RATE_HZ // 5) / RATE_HZ
    for start in rng.integers(0, len(wave) - len(time), round(25 * seconds)):
        tone = np.sin(2 * np.pi * rng.uniform(300, 9000) * time) * np.exp(-time / 0.03)
        wave[start : start + len(time)] += rng.uniform(0.3, 1) * tone
    return 0.1 * wave


def test_one_recording_under_two_names_is_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    first = bursts(rng, 4.0)
    waves = {"a.wav": first, "b.wav": first[RATE_HZ:] * 0.4, "c.wav": bursts(rng, 4.0)}
    lines = ["file,label,extra_labels,seconds,licence,author_or_attribution,source_url_or_repo"]
    for file, wave in waves.items():
        soundfile.write(tmp_path / file, wave, RATE_HZ)
        lines.append(f"{file},beep,,4,CC0-1.0,nobody,https://example.org/{file}")
    (tmp_path / "manifest.csv").write_text("\n".join(lines))
    found = pipeline.find_duplicates(SMALL, tmp_path, tmp_path / "cache")
    assert [{pair.first.row.file, pair.second.row.file} for pair in found] == [{"a.wav", "b.wav"}]


def test_meanings() -> None:
    violin = meaning_of("strings", ())
    assert {LABELS[i] for i in violin.present} == {"strings", "music"}
    piece = meaning_of("music", ("violin", "orchestra"))
    assert LABELS.index("strings") in piece.unsure
    assert {LABELS[i] for i in meaning_of("trumpet", ("music",)).present} == {"brass", "music"}


def test_silence_is_no_event(tmp_path: Path) -> None:
    assert not activity_of(np.zeros((80, 64), np.float32), "rain").active.any()
    soundfile.write(tmp_path / "s.wav", np.zeros(RATE_HZ), RATE_HZ)
    (tmp_path / "manifest.csv").write_text(
        "file,label,extra_labels,seconds,licence,author_or_attribution,source_url_or_repo\ns.wav,rain,,1,CC0-1.0,a,b\n"
    )
    assert load_clips(assign_folds(read_manifest(tmp_path), (1,)), SMALL.network, tmp_path / "cache") == []


def test_calibration_puts_the_best_threshold_at_zero_and_noise_below() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((400, len(LABELS))) < 0.3
    logits = (np.where(truth, 1.0, -3.0) + 0.1 * rng.normal(size=truth.shape) - 1.0).astype(np.float32)
    pieces = [Scored(f"m{i}", 1, None, logits[i::40], truth[i::40], np.ones_like(truth[i::40])) for i in range(40)]
    quiet = Scored(
        "n",
        1,
        None,
        np.full((50, len(LABELS)), -6.0, np.float32),
        np.zeros((50, len(LABELS)), bool),
        np.ones((50, len(LABELS)), bool),
    )
    calibrated = calibrate(pieces, [], [quiet]).apply(logits)
    assert ((calibrated > 0) == truth).mean() > 0.99
    loud = Scored("n", 1, None, np.full((50, len(LABELS)), 2.0, np.float32), quiet.truth, quiet.known)
    assert (calibrate(pieces, [], [loud]).apply(loud.logits) <= 1e-5).all()


def test_one_fold_is_measured_alone(run: tuple[Path, pipeline.Material]) -> None:
    out, material = run
    measured, report = pipeline.cross_fitted(SMALL, material, out, [2])
    assert {piece.fold for pieces in measured.all() for piece in pieces} == {2}
    assert report.esc10_clips == 3
    assert report.mixtures_esc10.pieces == SMALL.test_mixtures_per_fold


def test_finished_weights_are_measured_on_any_folder(run: tuple[Path, pipeline.Material]) -> None:
    out, material = run
    weights = out / "given.safetensors"
    export(load_tagger(out / "uncalibrated.safetensors")[0], ("rain",), weights)
    report = pipeline.evaluate_weights(SMALL, weights, material.clips[0].row.path.parent, out / "cache")
    assert report.advertised == ("rain",)
    assert report.esc10_clips == 6


def test_weights_that_are_the_same_are_the_same_file(tmp_path: Path) -> None:
    network = a_member(seed=7, dim=8)
    files = set[bytes]()
    for number in range(4):
        export(network, ["rain"], tmp_path / f"{number}.safetensors")
        files.add((tmp_path / f"{number}.safetensors").read_bytes())
    assert len(files) == 1


def a_member(seed: int, dim: int) -> Tagger:
    """With nothing in it that is zero or one by its initialisation."""
    config = TaggerConfig(channels=(4, 6), strides=((2, 2), (4, 1)), dilations=(1,), dim=dim, n_mels=16)
    torch.manual_seed(seed)
    tagger = trainable_tagger(config, n_labels=5, dropout=0.5)
    untouched = ("band_mean", "band_std", "scale")
    for name, value in tagger.state_dict().items():
        if value.dtype.is_floating_point and name not in untouched:
            value.uniform_(0.5, 1.5)
    torch.nn.init.normal_(tagger.vectors)
    return folded(tagger)


@pytest.mark.parametrize(("count", "dim", "stored"), [(1, 4, 4), (2, 4, 5), (3, 4, 5)])
def test_joined_members_give_the_mean_of_their_logits_and_of_neighbours(count: int, dim: int, stored: int) -> None:
    members = [a_member(seed, dim) for seed in range(count)]
    mel_db = torch.randn(2, 64, 16) * 20 - 50
    answers = torch.stack([member.logits(member.frames_of_mel(mel_db)) for member in members])
    every = answers.mean(dim=0)
    made = joined(members, replace(members[0].config, smoothing_frames=3))
    frames = made.frames_of_mel(mel_db)
    assert frames.shape == (2, 8, stored)
    expected = torch.stack([every[:, max(0, t - 1) : t + 2].mean(dim=1) for t in range(8)], dim=1)
    torch.testing.assert_close(made.logits(frames), expected)
    assert float((every - expected).abs().max()) > 0.01
    if count > 1:
        assert float(answers.std(dim=0).max()) > 0.01


def test_members_that_hear_the_bands_differently_are_not_joined() -> None:
    members = [a_member(seed, 4) for seed in range(2)]
    members[1].band_mean += 1.0
    with pytest.raises(ValueError, match="band_mean"):
        joined(members, members[0].config)


def test_members_begin_and_learn_differently_and_hear_the_bands_alike(run: tuple[Path, pipeline.Material]) -> None:
    out, _ = run
    first, second = (load_tagger(out / f"fold-1-member-{member}.safetensors")[0] for member in range(2))
    torch.testing.assert_close(first.band_mean, second.band_mean, rtol=0, atol=0)
    assert float((first.vectors - second.vectors).abs().max()) > 0.01
    both = load_tagger(out / "fold-1.safetensors")[0]
    mel_db = torch.randn(1, 640, SMALL.network.n_mels) * 20 - 60
    plain = joined([first, second], replace(SMALL.network, smoothing_frames=3))
    torch.testing.assert_close(
        both.logits(both.frames_of_mel(mel_db)), plain.logits(plain.frames_of_mel(mel_db)), atol=0.02, rtol=0.02
    )


def of_noise(name: str, logit: float) -> Scored:
    """A piece of noise in which every label has this logit."""
    nothing = np.zeros((50, len(LABELS)), bool)
    return Scored(name, 1, None, np.full(nothing.shape, logit, np.float32), nothing, ~nothing)


def test_thresholds_keep_clear_of_steady_noise_and_of_all_but_a_few_lively_pieces() -> None:
    steady = [of_noise("room tone at -10 dBFS", 1.0), of_noise("pink noise at -20 dBFS", -3.0)]
    assert silent_thresholds(steady) == pytest.approx(1.0 + SILENCE_MARGIN)
    swells = [of_noise("ventilation at -40 dBFS", 0.1 * index) for index in range(41)]
    assert silent_thresholds(swells) == pytest.approx(3.6)
    assert silent_thresholds([*swells, *steady]) == pytest.approx(3.6)
    assert silent_thresholds([*swells[:5], *steady]) == pytest.approx(1.0 + SILENCE_MARGIN)


def test_each_kind_of_noise_has_every_level_and_varied_kinds_more_draws() -> None:
    pieces = noise_pieces(seed=1, realisations=1, varied=3, seconds=0.25)
    counts = Counter(kind for kind, _, _ in pieces)
    assert {kind: count for kind, count in counts.items() if kind in VARIED_NOISES} == dict.fromkeys(VARIED_NOISES, 18)
    assert counts["pink noise"] == 6
    assert set(LIVELY_NOISES) < set(counts)
    for kind, level, samples in pieces:
        if kind == "pink noise":
            assert 10 * np.log10(np.mean(samples.astype(np.float64) ** 2)) == pytest.approx(level, abs=0.5)


def test_what_full_scale_cuts_off_is_noise_of_its_own_kind() -> None:
    pieces = noise_pieces(seed=1, realisations=1, varied=1, seconds=0.25)
    for kind, level, samples in pieces[1:]:
        if kind.startswith(CLIPPED):
            assert np.abs(samples).max() == 1
        else:
            assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(level, abs=0.01)
    assert {level for kind, level, _ in pieces if kind.startswith(CLIPPED)} == {-10}


def test_settings_replace_numbers_of_the_run_and_of_the_network() -> None:
    made = with_settings(SMALL, ["steps=7", "speed=[0.9, 1.1]", "network.dim=48", "network.strides=[[2, 2], [4, 1]]"])
    assert (made.steps, made.speed, made.batch) == (7, (0.9, 1.1), SMALL.batch)
    assert (made.network.dim, made.network.strides) == (48, ((2, 2), (4, 1)))
    assert made.network.channels == SMALL.network.channels
    for wrong in ("stepz=7", "network.stepz=7", "network=1", "network.steps=7"):
        with pytest.raises(ValueError, match="no setting"):
            with_settings(SMALL, [wrong])
