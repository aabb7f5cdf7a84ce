"""A pretrained encoder in miniature: two layers of random weights, and a vocabulary of letters.

It reads anything, says nothing of use, and is exported, served and trained as a large one is.
"""

import string
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    *(
        "silent",
        "silently",
        "wrong",
        "loss",
        "mask",
        "result",
        "value",
        "error",
        "crash",
        "ignores",
    ),
    *("expected", "actual", "reproduce", "code", "log", "image", "link", "line", "lines", "model"),
    *("title", "alpha", "beta", "gamma", "delta", "##s", "##ed", "##ing"),
)
PUNCTUATION = "[]():.,_?!=+-*/'\"#<>"
VECTORS = 640  # more than words, as many models have, and than positions
WIDTH = 32
LAYERS = 2


def vocabulary() -> dict[str, int]:
    """Marks, words, and what any other word is spelt with."""
    signs = string.ascii_lowercase + string.digits
    pieces = [*MARKS, *WORDS, *signs, *(f"##{sign}" for sign in signs), *PUNCTUATION]
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def tiny_tokenizer() -> Tokenizer:
    """WordPiece with a mark before and after a text, as BERT's."""
    ids = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([*MARKS])
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    return tokenizer


def write_tiny_base(directory: Path) -> None:
    """Write what ``find_base`` finds: configuration, weights and tokenizer."""
    import torch  # noqa: PLC0415 - an extra, slow to load
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - the same

    directory.mkdir(parents=True)
    tiny_tokenizer().save(str(directory / "tokenizer.json"))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(
            BertConfig(
                vocab_size=VECTORS,
                hidden_size=WIDTH,
                num_hidden_layers=LAYERS,
                num_attention_heads=2,
                intermediate_size=2 * WIDTH,
                initializer_range=0.3,  # random weights as small as BERT's read all texts alike
            )
        ).save_pretrained(directory)
