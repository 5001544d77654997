"""A tokenizer made as roberta-base's is, of a few hundred tokens."""

from __future__ import annotations

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, processors, trainers

SENTENCES = ["a dog is barking", "rain is falling", "a man is speaking", "glass breaks", "wind is blowing", "an engine"]


def train(vocabulary: int) -> tokenizers.Tokenizer:
    """Byte-level BPE with <s> 0, <pad> 1, </s> 2, <unk> 3, <mask> last of the special ones."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer
