# Sourced by the other scripts: to tell of what no Python is there to tell of.

# tell WHAT HINT: in the summary and the log; red for whoever started the run and waits for it.
tell() {
  printf '## silentrank: possible silent bugs\n\n> [!WARNING]\n> **What happened:** %s\n> \n> **What to do:** %s\n' \
    "$1" "$2" >> "$GITHUB_STEP_SUMMARY"
  if [[ $GITHUB_EVENT_NAME == workflow_dispatch ]]; then
    echo "::error title=silentrank::$1 $2"
    exit 1
  fi
  echo "::warning title=silentrank::$1 $2"
}
