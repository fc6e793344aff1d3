# Each argument becomes a line of wf.toml; then the project is checked by it.
printf '%s\n' "$@" > wf.toml
exec wf check -q --only missing-title,missing-header,empty-workflow-directory,unreadable-document
