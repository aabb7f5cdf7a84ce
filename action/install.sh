#!/usr/bin/env bash
# Put the Action's packages into an environment of their own: at the versions and with the hashes
# of requirements.txt, wheels alone, so nothing is built and nothing of theirs runs.
set -euo pipefail
unset PYTHONPATH # it may lead into the workspace, and pip hands it on

environment="$RUNNER_TEMP/silentrank"
requirements="$(dirname "${BASH_SOURCE[0]}")/requirements.txt"

# -I: or `venv.py` and `pip.py` of the workspace would run in place of Python's
if "$PYTHON" -I -m venv --without-pip "$environment" &&
  "$PYTHON" -I -m pip --disable-pip-version-check --python "$environment/bin/python" install \
    --quiet --no-deps --require-hashes --only-binary :all: --requirement "$requirements"; then
  exit 0
fi

rm -rf "$environment" # or half of it would be cached
what='The packages that the Action needs could not be installed.'
hint='Run the workflow again. On a runner of your own, look whether it reaches the package index.'
printf '## silentrank: possible silent bugs\n\n> [!WARNING]\n> **What happened:** %s\n> \n> **What to do:** %s\n' \
  "$what" "$hint" >> "$GITHUB_STEP_SUMMARY"
echo 'failed=true' >> "$GITHUB_OUTPUT"
if [[ $GITHUB_EVENT_NAME == workflow_dispatch ]]; then
  echo "::error title=silentrank::$what $hint"
  exit 1
fi
echo "::warning title=silentrank::$what $hint"
