"""Where a window's time goes, kind by kind of node, in the networks that openflam keeps for OpenVINO.

    python benchmarks/openflam_nodes.py FOLDER THREADS

FOLDER is where a checkpoint was prepared. Counting slows the networks a little. `make bench BENCH=openflam` prints this
too where SONOTAG_BENCH_NODES is set.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS = 20
AUDIO = ("features", "audio_front", "audio_back", "audio_heads")
LEAST_MS = 0.01


def node_times(folder: Path, threads: int) -> dict[str, float]:
    """Milliseconds a window of each kind, by network; of every node the least of some rounds counts."""
    import openvino

    from openflam.engines.network import settings
    from openflam.engines.openvino_engine import precision_of

    (prepared,) = {path.parent for path in folder.glob("*/audio_front.blob")}
    precision = json.loads((prepared / "manifest.json").read_text())["precision"]
    core, times = openvino.Core(), dict[str, float]()
    given: Any = np.random.default_rng(0).uniform(-0.3, 0.3, (1, 480_000)).astype(np.float32)
    for name in AUDIO:
        how = settings(precision_of(name, precision), threads)
        blob = openvino.Tensor(np.fromfile(prepared / f"{name}.blob", np.uint8), shared_memory=True)
        request = core.import_model(blob, "CPU", {**how, "PERF_COUNT": True}).create_infer_request()
        least: dict[tuple[str, str], float] = {}
        for _ in range(ROUNDS):
            result = np.array(request.infer({0: given})[0])
            for node in request.profiling_info:
                kind = node.node_type + (" int8" if node.exec_type.endswith("_I8") else "")
                key = (kind, node.node_name)
                took_ms = 1000 * node.real_time.total_seconds()
                least[key] = min(took_ms, least.get(key, took_ms))
        given = result
        kinds: dict[str, float] = defaultdict(float)
        for (kind, _), took_ms in least.items():
            kinds[kind] += took_ms
        times |= {
            f"{name} {kind}": ms for kind, ms in sorted(kinds.items(), key=lambda item: -item[1]) if ms > LEAST_MS
        }
    return times


def main() -> None:
    for name, ms in node_times(Path(sys.argv[1]), int(sys.argv[2])).items():
        print(f"  {name:<44} {ms:8.2f} ms")


if __name__ == "__main__":
    main()
