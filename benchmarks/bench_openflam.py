"""openflam beside FLAM's reference package and beside what this processor can do at most; v1-base filled by name.

Both sides run in processes of their own, in turns, and the better of two runs counts. Where the reference cannot be
installed, the plain torch float32 path of openflam takes its place, and the figures say so. Then both run once more
with oneDNN forbidden what multiplies bfloat16, as on an older processor. SONOTAG_BENCH_NODES=1 adds where a window's
time goes.
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
OLDER = "AVX512_CORE_VNNI"
"""For ONEDNN_MAX_CPU_ISA: no bfloat16."""
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
    work = 2 * MATRIX**3 / 1e9
    for precision, hint in (("float32", "f32"), ("bfloat16", "bf16"), ("int8", "f32")):
        if precision == "bfloat16" and not has_bfloat16:
            continue
        left = ops.parameter([MATRIX, MATRIX], np.float32)
        factors: Any = (left, ops.constant(weights))
        if precision == "int8":
            low, high = (ops.constant(np.float32(bound)) for bound in (-5.0, 5.0))
            small = ops.convert(ops.constant(np.rint(weights * 1000).clip(-127, 127).astype(np.int8)), np.float32)
            factors = (ops.fake_quantize(left, low, high, low, high, 256), ops.multiply(small, np.float32(0.001)))
        network = openvino.Model([ops.matmul(*factors, False, False)], [left])
        request = core.compile_model(
            network,
            "CPU",
            {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": threads,
                "INFERENCE_PRECISION_HINT": hint,
            },
        ).create_infer_request()
        rates[f"openvino {precision}"] = work / seconds(lambda request=request: request.infer({0: given}), 3)
        if precision == "int8":
            continue
        one, other = (torch.from_numpy(array).to(getattr(torch, precision)) for array in (given, weights))
        rates[f"torch {precision}"] = work / seconds(lambda one=one, other=other: one @ other, 3)
    return rates


def on_cuda(folder: Path) -> tuple[dict[str, float], dict[str, bool]]:
    """Figures and gate of a graphics processor, where torch has one: the best batch beside its own bfloat16 product."""
    from openflam import open_runtime
    from openflam.device import best_device

    if best_device() == "cpu":
        return {}, {}
    import torch

    one, other = (torch.randn(2 * MATRIX, 2 * MATRIX, device="cuda", dtype=torch.bfloat16) for _ in range(2))

    def product() -> None:
        torch.matmul(one, other)
        torch.cuda.synchronize()

    rate = 2 * (2 * MATRIX) ** 3 / 1e9 / seconds(product, 10)
    runtime = open_runtime(folder, tokenizer=folder / TOKENIZER, engine="torch")
    figures = {"CUDA, bfloat16 product, GFLOP/s": rate}
    best = 0.0
    for batch in sorted({1, 8, runtime.max_batch}):
        windows = np.random.default_rng(0).uniform(-0.3, 0.3, (batch, 480_000)).astype(np.float32)
        per_second = batch / seconds(lambda windows=windows: runtime.encode_audio(windows))
        figures[f"CUDA, batch {batch}, windows a second"] = per_second
        best = max(best, per_second)
    part = best * WINDOW_GFLOP / rate
    return {**figures, "CUDA, part of that product": part}, {"CUDA: 60 % of its own product": part >= 0.6}


def run_side(
    python: Path | str, name: str, folder: Path, threads: int, cache: Path | None = None, **more: str
) -> dict[str, Any]:
    """With a cache, only the audio tower; `more` goes into the environment."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", **more}
    command = [python, SIDE, name, folder, str(threads), *([cache] if cache else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def better(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The last run, with the least of each time."""
    least = [key for key in (*TIMES, "peak MB") if key in runs[-1]]
    return {**runs[-1], **{key: min(run[key] for run in runs) for key in least}}


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

        def turns(*how: Any, **more: str) -> tuple[dict[str, Any], dict[str, Any]]:
            runs: dict[str, list[dict[str, Any]]] = {"ours": [], name: []}
            for _ in range(TURNS):
                runs["ours"].append(run_side(sys.executable, "ours", folder, threads, *how, **more))
                runs[name].append(run_side(python, name, folder, threads, *how, **more))
            return better(runs["ours"]), better(runs[name])

        ours, theirs = turns()
        older = turns(folder / "older", ONEDNN_MAX_CPU_ISA=OLDER)
        is_detailed = bool(os.environ.get("SONOTAG_BENCH_NODES")) and ours["engine"].startswith("openvino")
        nodes = node_times(folder, threads) if is_detailed else {}
        cuda, cuda_gates = on_cuda(folder)
    rates = matrix_rates(threads)
    return {
        "compared with": words,
        "processor": processor_name(),
        "bfloat16 products by": product_unit(),
        "chosen": ours["engine"],
        "threads": threads,
        **compared(ours, theirs),
        "without bfloat16, chosen": older[0]["engine"],
        **{f"without bfloat16, {key}": value for key, value in window_rows(*older).items()},
        **{f"matrix product, {key}, GFLOP/s": rate for key, rate in rates.items()},
        **bounds(ours, rates),
        **of_the_bound(nodes, ours, rates),
        **cuda,
        "gates": {**gates(ours, theirs, rates, older), **cuda_gates},
    }


def compared(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    return {
        **window_rows(ours, theirs),
        "peak memory, ours, MB": ours["peak MB"],
        "peak memory, theirs, MB": theirs["peak MB"],
        "scores differ by at most": score_difference(ours, theirs),
    }


def window_rows(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Of all times that both have."""
    rows: dict[str, Any] = {}
    for key in TIMES:
        if key not in ours:
            continue
        unit, factor = UNITS.get(key, ("ms", 1000.0))
        rows[f"{key}, ours, {unit}"] = factor * ours[key]
        rows[f"{key}, theirs, {unit}"] = factor * theirs[key]
        rows[f"{key}, times faster"] = theirs[key] / ours[key]
    return rows


def score_difference(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    return float(np.abs(np.subtract(ours["scores"], theirs["scores"])).max())


def bounds(ours: dict[str, Any], rates: dict[str, float]) -> dict[str, float]:
    """A window at the rate of a plain matrix product of the engine; for int8, of one in bfloat16 where there is one."""
    bound_s = bound_s_of(ours, rates)
    return {"window at that rate, ms": 1000 * bound_s, "window, times that": ours["window at batch 8"] / bound_s}


def bound_s_of(ours: dict[str, Any], rates: dict[str, float]) -> float:
    engine, precision = ours["engine"].split()
    wider = "bfloat16" if f"{engine} bfloat16" in rates else "float32"
    return WINDOW_GFLOP / rates[f"{engine} {wider if precision == 'int8' else precision}"]


def product_unit() -> str:
    """What multiplies bfloat16 here: the bound, and how near one comes to it, differ a good deal between the two."""
    from openflam.processor import cpu_flags, has_bfloat16

    if "amx_bf16" in cpu_flags():
        return "AMX tiles"
    return "vector instructions" if has_bfloat16() else "none"


def of_the_bound(nodes: dict[str, float], ours: dict[str, Any], rates: dict[str, float]) -> dict[str, str]:
    """Every kind of node: its time a window, and what part that is of a window at the plain product's rate."""
    bound_ms = 1000 * bound_s_of(ours, rates)
    return {f"{name}, ms and of that": f"{ms:.2f} ({ms / bound_ms:.1%})" for name, ms in nodes.items()}


def gates(
    ours: dict[str, Any],
    theirs: dict[str, Any],
    rates: dict[str, float],
    older: tuple[dict[str, Any], dict[str, Any]],
) -> dict[str, bool]:
    """With bfloat16 in hardware; without it, a window is to be 2.5 times faster, and the rest as it comes."""

    def faster(key: str) -> float:
        return theirs[key] / ours[key]

    same = {
        "scores within 0.01 of theirs": score_difference(ours, theirs) < 0.01,
        "without bfloat16, window at batch 1: 2.5 times faster": older[1]["window at batch 1"]
        >= 2.5 * older[0]["window at batch 1"],
    }
    if "openvino bfloat16" not in rates:
        return same
    if ours["engine"].endswith("int8"):
        same["window at batch 1, in int8: 7 times faster"] = faster("window at batch 1") >= 7
    return {
        **same,
        "window at batch 1: 5.5 times faster": faster("window at batch 1") >= 5.5,
        "window at batch 8: 6 times faster": faster("window at batch 8") >= 6,
        "window within 1.15 of the plain product": bounds(ours, rates)["window, times that"] <= 1.15,
        "call with new prompts: 20 times faster": faster("call, prompts new") >= 20,
        "call with known prompts: 65 times faster": faster("call, prompts known") >= 65,
    }
