"""The model as torch runs it: the definition, on any processor and on CUDA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from openflam.device import Device, windows_at_once
from openflam.engines.interface import AudioArrays, EngineName, Float32, PrecisionName, TextArrays
from openflam.model import FLAM
from openflam.text import near_length_groups, pad


def array(tensor: Tensor) -> Float32:
    return np.asarray(tensor.float().cpu().numpy(), np.float32)


class TorchEngine:
    """A FLAM module in the precision that its weights have."""

    name: EngineName = "torch"

    def __init__(self, model: FLAM, *, threads: int, device: Device = "cpu") -> None:
        """`threads` bounds torch's pool. On `device` "cuda" the spectrogram is computed there too, and a batch pays."""
        self._model = model.to(device)
        self._device = torch.device(device)
        self._threads = threads
        self._padding_id = model.config.text.padding_id
        is_half = model.audio_branch.norm.weight.dtype == torch.bfloat16
        self.precision: PrecisionName = "bfloat16" if is_half else "float32"
        self.max_batch = 1 if device == "cpu" else windows_at_once(torch.cuda.mem_get_info()[0])

    def encode_audio(self, samples: Float32) -> AudioArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        self._take_threads()
        with torch.inference_mode():
            audio = self._model.encode_audio(self._tensor(samples))
            return AudioArrays(array(audio.frames), array(audio.clip))

    def text_groups(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """See :class:`openflam.engines.interface.Engine`."""
        return near_length_groups(lengths)

    def encode_tokens(self, texts: Sequence[Sequence[int]]) -> TextArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        self._take_threads()
        ids, mask = pad(texts, self._padding_id)
        with torch.inference_mode():
            text = self._model.encode_tokens(*(torch.as_tensor(part, device=self._device) for part in (ids, mask)))
            return TextArrays(*(array(part) for part in text))

    def rest(self, unused_s: float) -> float | None:
        """See :class:`openflam.engines.interface.Engine`. The towers are one module here, and stay."""
        return None

    def _tensor(self, values: Float32) -> Tensor:
        # torch shares an array's memory, and warns of one that may not be written.
        return torch.as_tensor(values if values.flags.writeable else values.copy(), device=self._device)

    def _take_threads(self) -> None:
        # The count belongs to the calling thread, and other code in this process may have set another.
        if torch.get_num_threads() != self._threads:
            torch.set_num_threads(self._threads)
