"""The stages of a run, each readable from what the one before left in the output folder.

<out>/synthesised/      clips, manifest.csv, noise.flac         synthesise
<out>/cache/            mel power of every clip                 (as needed)
<out>/fold-<k>-member-<n>.safetensors   trained without fold k  cross-validate
<out>/fold-<k>.safetensors   these, joined                      cross-validate
<out>/uncalibrated….safetensors   the same on everything        train
<out>/evaluation.json   held-out figures and evidence           calibrate
<out>/builtin.safetensors, ATTRIBUTION.md                       calibrate
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from sonotag.models.tagger import LogMel, Tagger, load_tagger
from training.clips import (
    Clip,
    Floats,
    assign_folds,
    load_clips,
    mel_power,
    read_audio,
    read_manifest,
    recorded_folds,
    test_side,
    training_side,
)
from training.config import TrainingConfig
from training.duplicates import Duplicate, duplicates
from training.evaluation.calibrate import Calibration, calibrate, kept_silent, set_calibration
from training.evaluation.gates import noise_false_alarms
from training.evaluation.report import Report, report_of
from training.evaluation.testsets import Measured, Scored, score_clips, score_mixtures, score_noises
from training.export import attribution, export
from training.network import joined
from training.synthesis.run import MAKERS, PROCEDURES, missing_programs, synthesise
from training.train import train
from training.vocabulary import ESC10, LABELS

log = logging.getLogger(__name__)
MIXTURE_SEED = 7_001
NOISE_SEED = 9_001
FRESH_NOISE_SEED = 11_001


@dataclass(frozen=True)
class Material:
    """Everything a run learns from and is measured on."""

    clips: list[Clip]
    noise: Floats


def prepare(config: TrainingConfig, data: Path, out: Path) -> Material:
    """Synthesise what is missing, decode everything."""
    torch.set_num_threads(config.threads)
    missing = missing_programs()
    if missing:
        log.warning("not installed: %s; speech and most music are left out", ", ".join(missing))
    synthesise(config, out / "synthesised", PROCEDURES if missing else tuple(MAKERS))
    rows = assign_folds(read_manifest(data), config.default_folds) + read_manifest(out / "synthesised")
    clips = load_clips(rows, config.network, out / "cache")
    front_end = LogMel(config.network)
    noise = mel_power(
        read_audio(out / "synthesised" / "noise.flac", config.network.sample_rate_hz), config.network, front_end
    )
    log.info("%d clips, %d of them recorded", len(clips), sum(not clip.row.synthetic for clip in clips))
    return Material(clips, noise)


def _train_member(config: TrainingConfig, data: Path, out: Path, fold: int | None, member: int) -> None:
    """In a process of its own: train one member (without ``fold``, or on everything)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    path = _path_of(out, fold, member)
    if not path.exists():
        material = prepare(config, data, out)
        name = f"{'everything' if fold is None else f'without fold {fold}'}, member {member}"
        export(train(training_side(material.clips, fold), material.noise, config, member, name), (), path)


def _join_and_score(config: TrainingConfig, data: Path, out: Path, fold: int | None) -> None:
    """In a process of its own: join the members and score their fold."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    members = [load_tagger(_path_of(out, fold, member))[0] for member in range(len(config.mixture_shares))]
    export(joined(members, config.network), (), _path_of(out, fold))
    if fold is not None:
        score_fold(config, prepare(config, data, out), out, fold)


def _path_of(out: Path, fold: int | None, member: int | None = None) -> Path:
    name = "uncalibrated" if fold is None else f"fold-{fold}"
    return out / f"{name}{'' if member is None else f'-member-{member}'}.safetensors"


def train_networks(config: TrainingConfig, data: Path, out: Path, folds: Sequence[int | None]) -> None:
    """Train a tagger without each of ``folds`` (None: on everything), those of its members that are not there yet.

    As many at a time as there are threads: two networks on a thread each finish sooner than one after the other on
    both, as they never wait for each other. Those left over at the end share the threads.
    """
    members = [(fold, member) for fold in folds for member in range(len(config.mixture_shares))]
    at_once = min(config.threads, len(members))
    together = len(members) - len(members) % at_once
    for some in (members[:together], members[together:]):
        _in_processes(config, min(at_once, len(some)), data, out, _train_member, some)
    _in_processes(config, min(config.threads, len(folds)), data, out, _join_and_score, [(fold,) for fold in folds])


def _in_processes(
    config: TrainingConfig,
    workers: int,
    data: Path,
    out: Path,
    work: Callable[..., None],
    tasks: Sequence[tuple[int | None, ...]],
) -> None:
    """``work(config, data, out, *task)`` for each of the tasks, by ``workers`` that share the threads."""
    if not tasks:
        return
    each = replace(config, threads=config.threads // workers)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in [pool.submit(work, each, data, out, *task) for task in tasks]:
            future.result()


def calibration_of(measured: Measured, without_fold: int | None = None) -> Calibration:
    """Calibrate on all folds but one: what that one is then measured with has not seen it."""

    def others(pieces: list[Scored]) -> list[Scored]:
        return [piece for piece in pieces if piece.fold != without_fold]

    mixtures = [*others(measured.mixtures), *others(measured.plain_mixtures)]
    return calibrate(mixtures, others(measured.clips), others(measured.noises))


def calibrated(measured: Measured, calibration_of_fold: dict[int, Calibration]) -> Measured:
    """The same with each fold's logits calibrated by that fold's calibration."""

    def apply(pieces: list[Scored]) -> list[Scored]:
        return [replace(one, logits=calibration_of_fold[one.fold].apply(one.logits)) for one in pieces]

    return Measured(*(apply(pieces) for pieces in measured.all()))


def measure(config: TrainingConfig, tagger: Tagger, clips: list[Clip], fold: int, labels: Sequence[str]) -> Measured:
    """Score clips, mixtures of them, and noises."""
    count, seed = config.test_mixtures_per_fold, MIXTURE_SEED + fold
    return Measured(
        clips=score_clips(tagger, clips, fold),
        mixtures=score_mixtures(tagger, clips, fold, count, seed, labels),
        plain_mixtures=score_mixtures(tagger, clips, fold, count, seed, (*ESC10, "speech")),
        noises=_score_noises(config, tagger, fold, NOISE_SEED + fold),
    )


def _score_noises(config: TrainingConfig, tagger: Tagger, fold: int, seed: int) -> list[Scored]:
    return score_noises(tagger, fold, seed, config.noise_realisations, config.varied_noise_realisations)


def score_fold(config: TrainingConfig, material: Material, out: Path, fold: int) -> Measured:
    """Score a fold with the network trained without it; kept in ``out`` while the network and the sizes stay."""
    torch.set_num_threads(config.threads)
    tagger, metadata = load_tagger(_path_of(out, fold))
    folds = recorded_folds(material.clips)
    test = test_side(material.clips, fold, folds)
    sizes = (config.test_mixtures_per_fold, config.noise_realisations, config.varied_noise_realisations)
    made_with = (metadata.version, *sizes, len(test))
    kept = out / f"held-out-{fold}.pickle"
    if kept.exists():
        with_what, measured = pickle.loads(kept.read_bytes())  # noqa: S301 (a file of our own making)
        if with_what == made_with:
            return measured
    measured = measure(config, tagger, test, fold, LABELS)
    kept.write_bytes(pickle.dumps((made_with, measured)))
    log.info("fold %d scored", fold)
    return measured


def score_held_out(config: TrainingConfig, material: Material, out: Path, folds: Sequence[int]) -> Measured:
    """Score these folds."""
    held_out = Measured([], [], [], [])
    for fold in folds:
        part = score_fold(config, material, out, fold)
        for all_folds, own in zip(held_out.all(), part.all(), strict=True):
            all_folds.extend(own)
    return held_out


def cross_fitted(
    config: TrainingConfig, material: Material, out: Path, folds: Sequence[int]
) -> tuple[Measured, Report]:
    """What the networks of ``folds`` scored, uncalibrated, and the figures with thresholds of the others among them.

    A single fold has no others and is measured with thresholds of its own: flattering, but alike for what is compared.
    """
    held_out = score_held_out(config, material, out, folds)
    each = {
        fold: kept_silent(
            calibration_of(held_out, without_fold=fold if len(folds) > 1 else None),
            [piece for piece in held_out.noises if piece.fold == fold],
        )
        for fold in folds
    }
    fitted = calibrated(held_out, each)
    return held_out, report_of(fitted, config.network.frame_s, None, config.psds_thresholds)


def finish(config: TrainingConfig, material: Material, out: Path) -> Report:
    """Cross-fitted figures, the advertised labels, the calibrated weights and their attributions."""
    held_out, report = cross_fitted(config, material, out, recorded_folds(material.clips))
    tagger, _ = load_tagger(_path_of(out, None))
    own_noise = _score_noises(
        replace(config, varied_noise_realisations=config.own_noise_realisations), tagger, 0, NOISE_SEED
    )
    set_calibration(tagger, kept_silent(calibration_of(held_out), own_noise))
    # Noise is nobody's training clip: here the published network itself is measured, on noises of another seed.
    fresh_noise = _score_noises(config, tagger, 0, FRESH_NOISE_SEED)
    report = replace(report, noise=noise_false_alarms(fresh_noise, report.advertised or LABELS))
    (out / "evaluation.json").write_text(json.dumps(report.to_json(), indent=1), encoding="utf-8")
    version = export(tagger, report.advertised, out / "builtin.safetensors")
    log.info("weights %s, %d labels advertised", version, len(report.advertised))
    (out / "ATTRIBUTION.md").write_text(attribution([clip.row for clip in material.clips]), encoding="utf-8")
    return report


def evaluate_weights(config: TrainingConfig, weights: Path, data: Path, cache: Path) -> Report:
    """Measure finished weights on any folder with a manifest; honest only if it was kept aside from training."""
    torch.set_num_threads(config.threads)
    tagger, metadata = load_tagger(weights)
    if metadata.labels != LABELS:
        raise ValueError(f"{weights} has another vocabulary than training/vocabulary.py")
    clips = load_clips(assign_folds(read_manifest(data), config.default_folds), config.network, cache)
    config = replace(config, test_mixtures_per_fold=4 * config.test_mixtures_per_fold)
    measured = measure(config, tagger, clips, 0, metadata.advertised)
    return report_of(measured, config.network.frame_s, metadata.advertised, config.psds_thresholds)


def find_duplicates(config: TrainingConfig, data: Path, cache: Path) -> list[Duplicate]:
    """Pairs of recordings that seem to be one; none should lie in two folds."""
    return duplicates(load_clips(assign_folds(read_manifest(data), config.default_folds), config.network, cache))
