#!/usr/bin/env bash
# Put the Action's packages into an environment of their own: at the versions and with the hashes
# of requirements.txt, wheels alone, so nothing is built and nothing of theirs runs.
set -euo pipefail
unset PYTHONPATH # it may lead into the workspace, and pip hands it on

here="$(dirname "${BASH_SOURCE[0]}")"
source "$here/tell.sh"

environment="$RUNNER_TEMP/silentrank"

# -I: or `venv.py` and `pip.py` of the workspace would run in place of Python's
if "$PYTHON" -I -m venv --without-pip "$environment" &&
  "$PYTHON" -I -m pip --disable-pip-version-check --python "$environment/bin/python" install \
    --quiet --no-deps --require-hashes --only-binary :all: --requirement "$here/requirements.txt"; then
  exit 0
fi

rm -rf "$environment" # or half of it would be cached
echo 'failed=true' >> "$GITHUB_OUTPUT"
tell 'The packages that the Action needs could not be installed.' \
  'Run the workflow again. On a runner of your own, look whether it reaches the package index.'
