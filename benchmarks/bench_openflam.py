"""openflam beside FLAM's reference package and beside what this processor can do at most; v1-base filled by name.

Both sides run in processes of their own, in turns, and the better of two runs counts. Where the reference cannot be
installed, the plain torch float32 path of openflam takes its place, and the figures say so. SONOTAG_BENCH_NODES=1 adds
where a window's time goes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import reference_env
from benchmarks.openflam_nodes import node_times
from benchmarks.openflam_side import TOKENIZER, seconds

ROOT = Path(__file__).resolve().parent.parent
SIDE = ROOT / "benchmarks" / "openflam_side.py"
TURNS = 2
WINDOW_GFLOP = 32.9
"""Of the audio tower: multiplications and additions of its matrix products."""
MATRIX = 4096
TIMES = (
    "start",
    "window at batch 1",
    "window at batch 8",
    "20 new prompts",
    "call, prompts new",
    "call, prompts known",
)
UNITS = {"start": ("s", 1.0)}


def matrix_rates(threads: int) -> dict[str, float]:
    """GFLOP/s of a plain matrix product by engine and precision; bfloat16 only where the processor has it."""
    import openvino
    import openvino.opset13 as ops
    import torch

    torch.set_num_threads(threads)
    weights = np.random.default_rng(0).standard_normal((MATRIX, MATRIX)).astype(np.float32) / 64
    given = np.random.default_rng(1).standard_normal((MATRIX, MATRIX)).astype(np.float32)
    core = openvino.Core()
    has_bfloat16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    rates: dict[str, float] = {}
    for precision, hint in (("float32", "f32"), ("bfloat16", "bf16")):
        if precision == "bfloat16" and not has_bfloat16:
            continue
        left = ops.parameter([MATRIX, MATRIX], np.float32)
        network = openvino.Model([ops.matmul(left, ops.constant(weights), False, False)], [left])
        request = core.compile_model(
            network,
            "CPU",
            {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": threads,
                "INFERENCE_PRECISION_HINT": hint,
            },
        ).create_infer_request()
        one, other = (torch.from_numpy(array).to(getattr(torch, precision)) for array in (given, weights))
        work = 2 * MATRIX**3 / 1e9
        rates[f"openvino {precision}"] = work / seconds(lambda request=request: request.infer({0: given}), 3)
        rates[f"torch {precision}"] = work / seconds(lambda one=one, other=other: one @ other, 3)
    return rates


def run_side(python: Path | str, name: str, folder: Path, threads: int) -> dict[str, Any]:
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [python, SIDE, name, folder, str(threads)], check=True, stdout=subprocess.PIPE, text=True, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


def better(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The last run, with the least of each time."""
    return {**runs[-1], **{key: min(run[key] for run in runs) for key in (*TIMES, "peak MB")}}


def other_side() -> tuple[str, Path | str, str]:
    """What to compare with: its name in openflam_side.py, its Python, and a word on it."""
    try:
        return "reference", reference_env.build(), f"the reference, {reference_env.REFERENCE}"
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"bench: the reference cannot be installed: {error}", file=sys.stderr)
        return "eager", sys.executable, "NOT the reference (cannot be installed): openflam's torch path in float32"


def main() -> dict[str, Any]:
    from openflam import open_runtime
    from openflam.processor import processor_name
    from openflam.threads import available_threads

    threads = available_threads()
    name, python, words = other_side()
    with tempfile.TemporaryDirectory(prefix="openflam-bench-") as place:
        folder = Path(place)
        subprocess.run([sys.executable, "-m", "tests.openflam.place", place], cwd=ROOT, check=True)
        open_runtime(folder, tokenizer=folder / TOKENIZER, threads=threads)
        runs: dict[str, list[dict[str, Any]]] = {"ours": [], name: []}
        for _ in range(TURNS):
            runs["ours"].append(run_side(sys.executable, "ours", folder, threads))
            runs[name].append(run_side(python, name, folder, threads))
        ours, theirs = better(runs["ours"]), better(runs[name])
        is_detailed = bool(os.environ.get("SONOTAG_BENCH_NODES")) and ours["engine"].startswith("openvino")
        nodes = node_times(folder, threads) if is_detailed else {}
    rates = matrix_rates(threads)
    return {
        "compared with": words,
        "processor": processor_name(),
        "bfloat16 products by": product_unit(),
        "chosen": ours["engine"],
        "threads": threads,
        **compared(ours, theirs),
        **{f"matrix product, {key}, GFLOP/s": rate for key, rate in rates.items()},
        **bounds(ours, rates),
        **of_the_bound(nodes, ours, rates),
        "gates": gates(ours, theirs, rates),
    }


def compared(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for key in TIMES:
        unit, factor = UNITS.get(key, ("ms", 1000.0))
        rows[f"{key}, ours, {unit}"] = factor * ours[key]
        rows[f"{key}, theirs, {unit}"] = factor * theirs[key]
        rows[f"{key}, times faster"] = theirs[key] / ours[key]
    rows["peak memory, ours, MB"], rows["peak memory, theirs, MB"] = ours["peak MB"], theirs["peak MB"]
    rows["scores differ by at most"] = score_difference(ours, theirs)
    return rows


def score_difference(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    return float(np.abs(np.subtract(ours["scores"], theirs["scores"])).max())


def bounds(ours: dict[str, Any], rates: dict[str, float]) -> dict[str, float]:
    """A window at the rate of a plain matrix product in the engine and precision chosen."""
    bound_s = WINDOW_GFLOP / rates[ours["engine"]]
    return {"window at that rate, ms": 1000 * bound_s, "window, times that": ours["window at batch 8"] / bound_s}


def product_unit() -> str:
    """What multiplies bfloat16 here: the bound, and how near one comes to it, differ a good deal between the two."""
    from openflam.processor import cpu_flags, has_bfloat16

    if "amx_bf16" in cpu_flags():
        return "AMX tiles"
    return "vector instructions" if has_bfloat16() else "none"


def of_the_bound(nodes: dict[str, float], ours: dict[str, Any], rates: dict[str, float]) -> dict[str, str]:
    """Every kind of node: its time a window, and what part that is of a window at the plain product's rate."""
    bound_ms = 1000 * WINDOW_GFLOP / rates[ours["engine"]]
    return {f"{name}, ms and of that": f"{ms:.2f} ({ms / bound_ms:.1%})" for name, ms in nodes.items()}


def gates(ours: dict[str, Any], theirs: dict[str, Any], rates: dict[str, float]) -> dict[str, bool]:
    """With bfloat16 in hardware; without it a window is to be 2.5 times faster, and the rest as it comes."""

    def faster(key: str) -> float:
        return theirs[key] / ours[key]

    same = {"scores within 0.01 of theirs": score_difference(ours, theirs) < 0.01}
    if "openvino bfloat16" not in rates:
        return {**same, "window at batch 1: 2.5 times faster": faster("window at batch 1") >= 2.5}
    return {
        **same,
        "window at batch 1: 5.5 times faster": faster("window at batch 1") >= 5.5,
        "window at batch 8: 6 times faster": faster("window at batch 8") >= 6,
        "window within 1.15 of the plain product": bounds(ours, rates)["window, times that"] <= 1.15,
        "call with new prompts: 20 times faster": faster("call, prompts new") >= 20,
        "call with known prompts: 65 times faster": faster("call, prompts known") >= 65,
    }
