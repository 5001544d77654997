"""``python -m training all --data <folder> --out <dir>``: from recordings to calibrated weights. See README.md."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The trainer runs from a checkout, whether or not the backend is installed in this environment.
sys.path.insert(0, str(ROOT / "backend"))

from training import pipeline  # noqa: E402
from training.clips import recorded_folds  # noqa: E402
from training.config import TrainingConfig, with_settings  # noqa: E402
from training.evaluation.report import write_into_card  # noqa: E402

STAGES = ("synthesise", "cross-validate", "train", "calibrate", "all")
WEIGHTS = ROOT / "backend" / "sonotag" / "models" / "weights"
CARD = ROOT / "docs" / "model_card.md"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="stage", required=True)
    for stage in STAGES:
        command = commands.add_parser(stage)
        command.add_argument("--data", type=Path, required=True, help="folder with recordings and manifest.csv")
        command.add_argument("--out", type=Path, required=True, help="folder for everything a run makes")
        command.add_argument("--seed", type=int, default=TrainingConfig.seed)
        command.add_argument("--steps", type=int, default=TrainingConfig.steps)
        command.add_argument("--threads", type=int, default=TrainingConfig.threads)
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=JSON",
            help="another value for anything of config.py, or, as network.NAME, of the network; repeat it for more",
        )
        command.add_argument("--folds", type=int, nargs="*", help="cross-validate: only these")
        command.add_argument(
            "--publish", action="store_true", help="copy the weights into the backend, the figures into the model card"
        )
    command = commands.add_parser("duplicates", help="list clips of different sources that seem to be one recording")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--cache", type=Path, default=Path("build/training-cache"))
    command = commands.add_parser("evaluate", help="measure finished weights on any folder with a manifest.csv")
    command.add_argument("--weights", type=Path, default=WEIGHTS / "builtin.safetensors")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--cache", type=Path, default=Path("build/training-cache"))
    return parser.parse_args()


def main() -> None:
    """Run one stage, or all."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    arguments = _arguments()
    if arguments.stage == "evaluate":
        report = pipeline.evaluate_weights(TrainingConfig(), arguments.weights, arguments.data, arguments.cache)
        print("\n".join(report.lines()))
        return
    if arguments.stage == "duplicates":
        for pair in pipeline.find_duplicates(TrainingConfig(), arguments.data, arguments.cache):
            folds = f"folds {pair.first.fold} and {pair.second.fold}"
            print(f"{pair.first.row.file}  {pair.second.row.file}  {folds}, {pair.share:.2f} of landmarks shared")
        return
    config = replace(TrainingConfig(), seed=arguments.seed, steps=arguments.steps, threads=arguments.threads)
    config = with_settings(config, arguments.set)
    out: Path = arguments.out
    material = pipeline.prepare(config, arguments.data, out)
    folds: list[int] = []
    if arguments.stage in ("cross-validate", "all"):
        folds = arguments.folds or recorded_folds(material.clips)
    everything = [None] if arguments.stage in ("train", "all") else []
    if folds or everything:
        pipeline.train_networks(config, arguments.data, out, [*folds, *everything])
    if arguments.stage == "cross-validate":
        print("\n".join(pipeline.cross_fitted(config, material, out, folds)[1].lines()))
    if arguments.stage in ("calibrate", "all"):
        report = pipeline.finish(config, material, out)
        print("\n".join(report.lines()))
        if arguments.publish:
            WEIGHTS.mkdir(parents=True, exist_ok=True)
            for name in ("builtin.safetensors", "ATTRIBUTION.md"):
                shutil.copyfile(out / name, WEIGHTS / name)
            write_into_card(CARD, report)


if __name__ == "__main__":
    main()
