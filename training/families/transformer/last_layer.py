"""The last layer of an encoder, for some of the tokens alone.

Where the embedding is the mean over every n-th token, nobody reads what the last layer makes of
the others. So only these ask and are fed forward, while all are there to be attended to: but for
keys and values, a sixth of a layer's products, the layer costs an n-th.
"""

from typing import Any

from torch import Tensor, nn
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.bert.modeling_bert import BertLayer, eager_attention_forward

from classifier.errors import InputError

EVERY = "pooled_every"
"""What an encoder's configuration calls n."""


class PickingLayer(BertLayer):  # type: ignore[misc] # transformers has no types here
    """A layer of BERT, with the same weights, that computes every n-th token from the first on."""

    def forward(
        self,
        hidden_states: Tensor,  # (issues, tokens, width)
        attention_mask: Tensor | None = None,  # (issues, 1, tokens, tokens)
        *_: object,
        **__: Any,  # noqa: ANN401 - what decoders need
    ) -> Tensor:
        """What it makes of them: (issues, tokens / n, width)."""
        own = self.attention.self
        every = getattr(own.config, EVERY)
        picked = hidden_states[:, ::every]
        projected = (
            linear(states).unflatten(-1, (own.num_attention_heads, -1)).transpose(1, 2)
            for linear, states in (
                (own.query, picked),
                (own.key, hidden_states),
                (own.value, hidden_states),
            )
        )
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(
            own.config._attn_implementation,  # noqa: SLF001 - as its own layers do
            eager_attention_forward,
        )
        mask = None if attention_mask is None else attention_mask[:, :, ::every]
        attended, _weights = attend(own, *projected, mask, scaling=own.scaling)
        states: Tensor = self.feed_forward_chunk(self.attention.output(attended.flatten(2), picked))
        return states


def pick_tokens(encoder: nn.Module, every: int) -> None:
    """Have an encoder's last layer compute every n-th token alone.

    Raises InputError for an encoder that is not BERT's.
    """
    if every == 1:
        return
    if encoder.config.model_type != "bert":
        raise InputError(
            f"pooled_every is {every}, and the base model is of the type "
            f"{encoder.config.model_type}, which computes all tokens in its last layer",
            hint="Leave pooled_every out, or take a base model of the type bert.",
        )
    setattr(encoder.config, EVERY, every)
    layers = encoder.encoder.layer
    picking = PickingLayer(encoder.config, layer_idx=len(layers) - 1)
    picking.load_state_dict(layers[-1].state_dict())
    layers[-1] = picking
