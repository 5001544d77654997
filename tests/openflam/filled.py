"""Weights and inputs that follow from names, shapes and a rule alone: the same on both sides of a comparison."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from openflam.config import FLAMConfig
from openflam.model import FLAM, is_derived

DATA = Path(__file__).parents[1] / "data" / "flam"


def load_spec() -> dict[str, Any]:
    return json.loads((DATA / "spec.json").read_text(encoding="ascii"))


def golden() -> dict[str, torch.Tensor]:
    with np.load(DATA / "golden.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


def filled_value(key: str, shape: tuple[int, ...]) -> np.ndarray:
    """float32 weights [shape] of the parameter `key`, sized so that activations stay in their usual range."""
    noise = np.random.RandomState(zlib.crc32(key.encode())).uniform(-1.0, 1.0, size=shape).astype(np.float32)
    leaf = key.rsplit(".", 1)[-1]
    if key == "logit_scale_a":
        return np.full(shape, np.log(1 / 0.07), np.float32)
    if key == "aed_logit_scale":
        return np.zeros(shape, np.float32)
    middle = {
        "running_mean": -20.0,
        "running_var": 200.0,
        "fc_per_text_logit_bias.2.bias": -8.0,
        "fc_per_text_logit_scale.2.bias": np.log(10.0),
    }
    if leaf in ("running_mean", "running_var"):
        return np.float32(middle[leaf]) + (5 if leaf == "running_mean" else 50) * noise
    if ("norm" in key.lower() or "bn0" in key) and leaf == "weight":
        return 1 + 0.1 * noise
    if leaf == "bias":
        return np.float32(middle.get(key, 0.0)) + 0.05 * noise
    if leaf == "relative_position_bias_table" or "embeddings" in key:
        return 0.5 * noise
    fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 1
    return np.float32(np.sqrt(3.0 / fan_in)) * noise


def published_state() -> dict[str, torch.Tensor]:
    """A state dict with exactly the published keys, shapes and types."""
    return {
        entry["key"]: torch.zeros(entry["shape"], dtype=getattr(torch, entry["dtype"]))
        if entry["computed"]
        else torch.from_numpy(np.asarray(filled_value(entry["key"], tuple(entry["shape"]))))
        for entry in load_spec()["parameters"]
    }


def filled_model(config: FLAMConfig) -> FLAM:
    """A model of any size with weights filled by name."""
    model = FLAM(config)
    state = {
        key: torch.from_numpy(np.asarray(filled_value(key, tuple(value.shape))))
        for key, value in model.state_dict().items()
        if not is_derived(key)
    }
    model.load_state_dict(state, strict=False)
    return model


def signal(silent: bool) -> np.ndarray:
    """[480000] float32 at 48 kHz: a rising chirp, a tone and noise, or digital silence."""
    samples = 480_000
    if silent:
        return np.zeros(samples, np.float32)
    t = np.arange(samples, dtype=np.float64) / 48_000
    chirp = np.sin(2 * np.pi * (100 * t + 0.5 * 1190 * t * t))
    tone = np.sin(2 * np.pi * 440 * t) * (t > 3) * (t < 6)
    noise = np.random.RandomState(7).uniform(-1, 1, samples)
    return (0.3 * chirp + 0.3 * tone + 0.05 * noise).astype(np.float32)
