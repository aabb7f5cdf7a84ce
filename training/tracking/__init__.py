"""Experiment tracking: the only importer of MLflow.

By default runs land in ``sqlite:///mlflow.db`` and their files in ``./mlruns``; MLflow's own
variables, such as MLFLOW_TRACKING_URI, point elsewhere.
"""

from training.tracking.null import Tracker
from training.tracking.recorder import MlflowTracker, metric_name
from training.tracking.registry import CHAMPION, MODEL_NAME
from training.tracking.runs import RecordedRun, download, experiment_name, finished_runs

__all__ = [
    "CHAMPION",
    "MODEL_NAME",
    "MlflowTracker",
    "RecordedRun",
    "Tracker",
    "download",
    "experiment_name",
    "finished_runs",
    "metric_name",
]
