"""A model directory as an MLflow pyfunc. MLflow runs this file when it loads the model."""

from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from classifier import Issue, IssueKey, Model, load, rank_issues


class SilentrankModel(PythonModel):
    """From a table of ``title`` and ``body`` to a table of ``probability``, row by row."""

    model: Model

    def load_context(self, context: Any) -> None:  # noqa: ANN401 MLflow's own, untyped
        """Load and verify the model directory."""
        self.model = load(context.artifacts["model"])

    def predict(
        self,
        context: Any,  # noqa: ANN401, ARG002 MLflow's signature
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002 MLflow's signature
    ) -> pd.DataFrame:
        """Calibrated probabilities, in the order of the rows."""
        rows = model_input[["title", "body"]].fillna("").itertuples(index=False)
        issues = [
            Issue(IssueKey("row", number), str(title), str(body))
            for number, (title, body) in enumerate(rows, start=1)
        ]
        ranking = rank_issues(issues, self.model)
        probability = {entry.key.number: entry.probability for entry in ranking.entries}
        return pd.DataFrame({"probability": [probability[issue.key.number] for issue in issues]})


set_model(SilentrankModel())
