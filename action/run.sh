#!/usr/bin/env bash
# Score, and speak if asked. A process that is killed, or does not start, is told of from here.
set -uo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"
source "$here/tell.sh"

# -P: or a folder `classifier` of the workspace would be imported in place of the Action's
PYTHONPATH="$GITHUB_ACTION_PATH" "$RUNNER_TEMP/silentrank/bin/python" -P -c \
  'from classifier.cli import main; main()' action
code=$?
if ((code > 1)); then # 0 and 1 are the Action's own, with a summary
  echo 'decision=failed' >> "$GITHUB_OUTPUT"
  tell "The Action ended with exit code $code before it could say why." \
    'Run the workflow again. If it ends so again, set the input cache to false, for the packages may be damaged.'
else
  exit "$code"
fi
