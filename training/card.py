"""Renders a model's card from what was measured; nothing in it is typed by hand."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from string import Template

from classifier.artifact import Manifest
from classifier.metrics import Estimate
from training.fit import VOTE_FACTOR
from training.results import PROTOCOL_NAMES, Results, markdown_table, row_title

TEMPLATE = Path(__file__).with_name("card_template.md")
ABOUT = Path(__file__).with_name("card_about.toml")
ABLATIONS = """\
### What each ingredient brings

Cross-validation, silent bugs. From *gold labels* on, each row adds to the one before; rows
without silver labels have the weaker regularisation that suits their few issues. *Title only*
learns from all labels.

"""
LATER_QUARTERS = Template(
    "*Later quarters* trains on what was opened before each quarter and tests on that quarter,\n"
    "from the one of $first_origin on: together $temporal_tested issues, $temporal_silent silent."
)
NOT_MEASURED = "*Later quarters* and *transfer* were not measured."
TRANSFER = """\
*Transfer* tests on repositories that the model never learned from, but for the later titles, which
are of the same repository. Where titles are named, both sides are reduced to titles; where *silver*
is, a language model's score of at least 50 stands in for the truth.
"""
ELSEWHERE = "Of other repositories only titles, and silver labels, were tested on."
NOWHERE = "Other repositories were not tested on."
TITLES = """
- **Titles**: issues of PyTorch, of which only title and maintainers' labels are known, teach the
  encoder."""
DISTILLED = Template("""
- **Distilled**: $distilled issues that nobody judged, scored by a larger network, which silver
  labels and titles taught; they teach the encoder, and in *later quarters* and *transfer*, where
  that network would know the future, nothing.""")
SLICE = "slice/"
SLICES = """\
### Where it does well, and where it does not

Cross-validation, silent bugs, by what an issue looks like; silver labels of other repositories by
repository. Small slices have wide intervals, and of too few silent bugs nothing is said.

"""
WHOLE = "**the whole model**"


def render_card(manifest: Manifest, results: Results, *, conversion: str = "") -> str:
    """The card as markdown; ``conversion`` tells how what is served differs from the trained."""
    values = _values(manifest, results)
    is_own = manifest.config["data"]["labels"] is not None
    words = tomllib.loads(ABOUT.read_text(encoding="utf-8"))
    about = words["own" if is_own else "study"]
    values["conversion"] = f"## Conversion\n\n{conversion}\n" if conversion else ""
    slices = _with_prefix(results, SLICE)
    values["slices"] = SLICES + markdown_table(slices) if slices else ""
    values |= words["scorer"][manifest.scorer]
    parts = {name: Template(text.lstrip()).substitute(values) for name, text in about.items()}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values | parts)


def _values(manifest: Manifest, results: Results) -> dict[str, object]:
    config = manifest.config
    origin = results.provenance
    calibration = asdict(manifest.calibration)
    ablations = ablation_rows(results)
    return {
        **results.counts,
        **config["evaluation"],
        **origin,
        "model_id": manifest.model_id,
        "description": config["description"],
        "scorer": manifest.scorer,
        "normalizer_version": manifest.normalizer_version,
        "created_at": manifest.created_at,
        "data_digest": manifest.data_digest,
        "dirty_note": ", with uncommitted changes" if origin["git_dirty"] == "true" else "",
        "minutes": f"{results.seconds / 60:.0f}",
        "vote_factor": config[VOTE_FACTOR],
        "base_rate": f"{results.counts['cv_silent'] / results.counts['cv_tested']:.3f}",
        **{f"calibration_{name}": f"{value:.3f}" for name, value in calibration.items()},
        "results_table": markdown_table(main_rows(results)),
        "ablations": ABLATIONS + markdown_table(ablations) if len(ablations) > 1 else "",
        "transfer": TRANSFER if results.counts["transfer_tested"] else "",
        "elsewhere": ELSEWHERE if results.counts["transfer_tested"] else NOWHERE,
        "titles": TITLES if config["targets"].get("use_titles") else "",
        "distilled": DISTILLED.substitute(results.counts)
        if config["targets"].get("use_distilled")
        else "",
        "later_quarters": LATER_QUARTERS.substitute(results.counts | config["evaluation"])
        if results.counts["temporal_tested"]
        else NOT_MEASURED,
        "reliability_table": _reliability_table(results),
    }


def main_rows(results: Results) -> dict[str, Mapping[str, Estimate]]:
    """Every protocol's rows, then what to compare with."""
    named = {
        f"{title}: {row_title(name)}": row
        for protocol, title in PROTOCOL_NAMES.items()
        for name, row in _with_prefix(results, f"{protocol}/").items()
    }
    return named | _with_prefix(results, "reference/")


def ablation_rows(results: Results) -> dict[str, Mapping[str, Estimate]]:
    """What each ablation leaves, then the whole model."""
    return _with_prefix(results, "ablation/") | {WHOLE: results.rows["cv/silent"]}


def _with_prefix(results: Results, prefix: str) -> dict[str, Mapping[str, Estimate]]:
    return {
        name.removeprefix(prefix): row
        for name, row in results.rows.items()
        if name.startswith(prefix)
    }


def _reliability_table(results: Results) -> str:
    lines = ["| issues | mean probability | share of silent bugs |", "|---|---|---|"]
    lines += [
        f"| {count:.0f} | {said:.3f} | {observed:.3f} |"
        for said, observed, count in results.reliability
    ]
    return "\n".join(lines)
