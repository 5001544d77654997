"""The reference package's public surface on this runtime, so that scripts written for it run as they are.

Source: the reference's published README (https://github.com/adobe-research/openflam), which shows the calls, the names
of their arguments and the shapes of embeddings. What it does not show is decided here and said in the docstrings.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from openflam.checkpoint import load_model
from openflam.errors import OpenFLAMError, UnknownModelError
from openflam.model import FLAM, Method, TextEmbeddings, similarity
from openflam.text import Tokenizer

log = logging.getLogger(__name__)

MODEL_NAME = "v1-base"
CHECK_PROMPTS = ["a dog is barking", "rain is falling", "a man is speaking"]
UNIT_TOLERANCE = 1e-3


class OpenFLAM(nn.Module):
    """`openflam.OpenFLAM(model_name="v1-base", default_ckpt_path=…)` with the reference's methods.

    Nothing here keeps gradients. Audio is mono at 48 kHz, [B, samples] float; the model hears windows of 10 s. Longer
    audio is cut to its first 10 s, shorter audio is filled up with silence, and the log says so: the README passes 11 s
    to a plot of 10 s, what the reference does with the rest is not documented.
    """

    def __init__(self, model_name: str = MODEL_NAME, default_ckpt_path: str | Path = "~/.cache/openflam") -> None:
        """Loads the weights from the folder `default_ckpt_path`, fetching them from the hub where it has none.

        The reference fetches them too; which folder it takes by default is not documented. The weights are for
        non-commercial research only. Raises UnknownModelError for another name than v1-base; FetchError,
        CheckpointCorruptError, CheckpointMismatchError, TokenizerError, StorageError and its kin.
        """
        super().__init__()
        if model_name != MODEL_NAME:
            raise UnknownModelError(f"there is no model {model_name!r}", f"The published one is {MODEL_NAME}")
        from openflam.fetch import fetch_checkpoint  # only here, as a start without it is lighter

        fetched = fetch_checkpoint(Path(default_ckpt_path).expanduser())
        self.model = load_model(fetched.checkpoint)
        self.tokenizer = Tokenizer.from_file(fetched.tokenizer, self.model.config.text)

    @classmethod
    def around(cls, model: FLAM, tokenizer: Tokenizer) -> OpenFLAM:
        """The same surface around a model that is loaded already. The reference has no such method."""
        wrapper = cls.__new__(cls)
        nn.Module.__init__(wrapper)
        wrapper.model, wrapper.tokenizer = model, tokenizer
        return wrapper

    @torch.no_grad()
    def get_global_audio_features(self, audio: Tensor) -> Tensor:
        """audio [B, samples] -> [B, 512] of unit length, one for each clip. Raises ValueError as encode_audio does."""
        return self.model.encode_audio(self._windows(audio)).clip

    @torch.no_grad()
    def get_local_audio_features(self, audio: Tensor) -> Tensor:
        """audio [B, samples] -> [B, 32, 512] of unit length, one for each 0.3125 s. Raises ValueError likewise."""
        return self.model.encode_audio(self._windows(audio)).frames

    def get_text_features(self, text: Sequence[str]) -> Tensor:
        """Prompts -> [P, 512] of unit length. Raises PromptError for none or an empty one."""
        return self._text(text).vectors

    @torch.no_grad()
    def get_local_similarity(
        self, audio: Tensor, text: Sequence[str], method: Method = "unbiased", cross_product: bool = True
    ) -> Tensor:
        """Scores in 0..1 of prompts in the frames of audio [B, samples].

        With `cross_product` every prompt in every clip, [B, P, 32]. Without it prompt i in clip i, [B, 32], for as many
        prompts as clips; that shape, the defaults, and the method "approximate" beside "unbiased" are not in the
        README. Raises ValueError for another method or other numbers, PromptError as get_text_features does.
        """
        frames, embedded = self.get_local_audio_features(audio), self._text(text)
        if cross_product:
            return similarity(frames, embedded, method)
        if len(frames) != len(embedded.vectors):
            raise ValueError(
                f"{len(frames)} clips and {len(embedded.vectors)} prompts: without cross_product they come in pairs"
            )
        pairs = [
            similarity(
                frames[place : place + 1], TextEmbeddings(*(part[place : place + 1] for part in embedded)), method
            )
            for place in range(len(frames))
        ]
        return torch.cat(pairs)[:, 0]

    def sanity_check(self) -> None:
        """Runs the whole model on a made sound and prompts; raises OpenFLAMError when what it returns cannot be right.

        What the reference compares with in its check is not documented. This one asks of embeddings that they are
        finite and of unit length, that different prompts differ, and of scores that they lie in 0..1.
        """
        config = self.model.config.audio
        seconds = torch.arange(config.window_samples) / config.sample_rate_hz
        sound = (0.3 * torch.sin(2 * torch.pi * 440.0 * seconds))[None].to(self._device)
        text = self.get_text_features(CHECK_PROMPTS)
        for name, vectors in (
            ("clip", self.get_global_audio_features(sound)),
            ("frame", self.get_local_audio_features(sound)),
            ("prompt", text),
        ):
            if not ((vectors.square().sum(-1) - 1.0).abs() < UNIT_TOLERANCE).all():
                raise OpenFLAMError(f"the {name} embeddings are not of unit length", "Load the weights again")
        if torch.allclose(text[0], text[1]) or torch.allclose(text[0], text[2]):
            raise OpenFLAMError("different prompts have the same embedding", "Load the weights and tokenizer again")
        scores = self.get_local_similarity(sound, CHECK_PROMPTS)
        if not ((scores >= 0.0) & (scores <= 1.0)).all():
            raise OpenFLAMError("scores are not in 0..1", "Load the weights again")

    @property
    def _device(self) -> torch.device:
        return self.model.logit_scale_a.device

    def _text(self, text: Sequence[str]) -> TextEmbeddings:
        return self.model.encode_text(text, self.tokenizer)

    def _windows(self, audio: Tensor) -> Tensor:
        """[B, samples] -> [B, 480000]; other ranks go on as they are, to be refused by the model."""
        samples = self.model.config.audio.window_samples
        if audio.ndim != 2 or audio.shape[1] in (0, samples):
            return audio
        log.warning("audio of %d samples is cut or filled up to a window of %d", audio.shape[1], samples)
        return functional.pad(audio, (0, max(samples - audio.shape[1], 0)))[:, :samples]
