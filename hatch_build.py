"""What the wheel carries beyond the two packages: the models in use and the label tables."""

import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODELS = "models"
LABELS = "data/labels"


class BundleHook(BuildHookInterface[Any]):
    """Bundle the active model, the one before it, those with a short name, and the labels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them to the build, unless it is an editable one, which reads the checkout."""
        if version != "editable":
            build_data["force_include"].update(bundled_paths(Path(self.root)))


def bundled_paths(root: Path) -> dict[str, str]:
    """Path in the checkout to path in the wheel."""
    choice = root / MODELS / "ACTIVE.toml"
    choices = tomllib.loads(choice.read_text(encoding="utf-8"))
    roles = [choices[role] for role in ("active", "previous") if choices.get(role)]
    names = dict.fromkeys([*roles, *choices.get("names", {}).values()])
    bundled = [choice, *(root / MODELS / name for name in names), root / LABELS]
    if missing := [str(path) for path in bundled if not path.exists()]:
        raise FileNotFoundError(f"{choice} asks for what is not there: {', '.join(missing)}")
    return {
        str(choice): f"classifier/_models/{choice.name}",
        **{str(root / MODELS / name): f"classifier/_models/{name}" for name in names},
        str(root / LABELS): "training/_labels",
    }
