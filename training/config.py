"""Every number that shapes a training run, in one place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from sonotag.models.tagger_format import TaggerConfig


@dataclass(frozen=True)
class TrainingConfig:
    """Defaults are those of the published weights."""

    seed: int = 20_261_120
    network: TaggerConfig = field(default_factory=lambda: TaggerConfig(smoothing_frames=3, steady_unrest=(1.15, 1.35)))
    """Of each member; smoothing and the channel for steady noise are added as they are joined: they learn without."""
    default_folds: tuple[int, ...] = (1, 2, 3, 5)
    """Used for clips that carry no fold of their own; ESC-50's fold 4 was never given to this training."""

    # Optimisation.
    steps: int = 3000
    batch: int = 24
    example_frames: int = 40
    learning_rate: float = 4e-3
    matrix_learning_rate: float = 1e-2
    """Of the convolutions' and other matrices' weights, which Muon learns; AdamW learns the rest."""
    weight_decay: float = 0.02
    warmup_steps: int = 100
    ema_decay: float = 0.997
    clip_loss_weight: float = 0.5
    positive_weight: float = 3.0
    """Of active frames in the frame loss: most labels are absent most of the time. Calibration undoes the shift."""
    unsure_frame_weight: float = 0.3
    dropout: float = 0.15
    mixup_share: float = 0.15
    threads: int = 2

    # What an example is.
    mixture_shares: tuple[float, ...] = (0.6, 0.7)
    """For each member of the tagger: those that hear fewer mixtures know clips better, the others moments."""
    noise_only_share: float = 0.08
    """The rest are single clips over next to nothing."""
    max_events: int = 4
    mixture_level_dbfs: tuple[float, float] = (-52.0, -8.0)
    event_to_mixture_db: tuple[float, float] = (-12.0, 8.0)
    noise_to_mixture_db: tuple[float, float] = (-40.0, 0.0)
    noise_only_level_dbfs: tuple[float, float] = (-75.0, -6.0)
    inaudible_db: float = 16.0
    """An event this far under everything else in its frame is left out of the loss."""
    synthetic_weight: float = 2.0
    """Most that a label of synthesised clips is drawn, as a label of this many squared recordings would be."""

    # Augmentation of each event, in the mel-power domain.
    speed: tuple[float, float] = (0.84, 1.19)
    shift_bands: int = 2
    equaliser_db: float = 6.0
    tilt_db: float = 8.0
    band_limit_share: float = 0.2
    reverb_share: float = 0.3
    blend_share: float = 0.3
    """Of the sounds that last (rain, engines): two recordings of one label as one event, as mixture or band by band."""

    # Sizes of the synthesised material.
    speech_clips: int = 240
    clips_per_instrument: int = 20
    """For each sound font."""
    band_pieces: int = 36
    """Pieces for several instruments, for each sound font."""
    ambient_pieces: int = 24
    """Slow pieces of held chords, for each sound font."""
    ensemble_pieces: int = 48
    """Slow pieces of the same kind, played by procedures of ours."""
    clips_per_signal: int = 24
    """For each of the two families of procedures."""
    noise_s: float = 2400.0

    # Evaluation.
    test_mixtures_per_fold: int = 100
    psds_thresholds: int = 400
    noise_realisations: int = 3
    """Of each kind of test noise, at each level."""
    varied_noise_realisations: int = 24
    """The same of those in ``VARIED_NOISES``."""
    own_noise_realisations: int = 96
    """The same, to keep the published network silent: with a quarter of it, another draw still passed for wind."""


def with_settings(config: TrainingConfig, settings: Sequence[str]) -> TrainingConfig:
    """The configuration with some values replaced: ``name=JSON`` each, ``network.name=JSON`` for the network's.

    Raises ValueError for a name that there is not, or a value that is no JSON.
    """
    own: dict[str, object] = {}
    network: dict[str, object] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        table, known, key = own, {one.name for one in fields(config)} - {"network"}, name
        if name.startswith("network."):
            table, known, key = network, {one.name for one in fields(config.network)}, name.removeprefix("network.")
        if key not in known:
            raise ValueError(f"no setting {name!r}; there are: {', '.join(sorted(known))}")
        table[key] = _tuples(json.loads(text))
    return replace(config, network=replace(config.network, **network), **own)


def _tuples(value: object) -> object:
    """JSON's lists as tuples, which can be compared and hashed."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
