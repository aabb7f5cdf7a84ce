"""``silentrank action``."""

import os

import typer


def action() -> None:
    """Run as a step of a workflow on GitHub.

    `action.yml` does it. Event and inputs come from the environment: `GITHUB_EVENT_PATH`,
    `INPUT_MODE` and so on. What it found goes to the summary and the outputs of the job.

    ```
    silentrank action
    ```

    The exit code is 0, but 1 if something went wrong in a run that a person started.
    """
    from classifier.action.run import run_action  # noqa: PLC0415 - slow

    raise typer.Exit(run_action(os.environ))
