"""What an experiment with a transformer may set."""

from pathlib import Path

from pydantic import Field

from training.config import Settings, Share


class StageSettings(Settings):
    """How a network learns."""

    epochs: int = Field(default=4, ge=1)
    batch: int = Field(default=16, ge=1)
    accumulation: int = Field(default=1, ge=1)
    """Batches a step: a larger batch than fits into memory."""
    learning_rate: float = Field(default=1.5e-4, gt=0.0)
    """Of the last layer; heads learn ``head_factor`` times as fast."""
    head_factor: float = Field(default=5.0, gt=0.0)
    layer_decay: float = Field(default=0.9, gt=0.0, le=1.0)
    """Each layer below learns so much more slowly (Sun et al., CCL 2019)."""
    warmup: Share = 0.1
    """Share of the steps in which the learning rate rises, before it falls to 0."""
    weight_decay: float = Field(default=0.01, ge=0.0)
    dropout: Share = 0.1
    """Of the embedding that heads read."""
    word_dropout: Share = 0.1
    """Share of the tokens that are left out, others each time."""
    averaged_epochs: int = Field(default=2, ge=1)
    """The last so many epochs' weights are averaged (Izmailov et al., UAI 2018)."""
    is_checkpointing: bool = False
    """Compute activations again instead of keeping them: less memory, a third more time."""
    held_out: Share = 0.0
    """Share of the examples to stop early by; 0 trains all epochs on all."""
    patience: int = Field(default=1, ge=1)
    """Epochs without a better loss on what is held out, before training stops."""
