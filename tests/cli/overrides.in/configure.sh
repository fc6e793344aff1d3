# Each argument becomes a line of wf.toml, after the one that names the template; then the project is checked by it.
printf '%s\n' 'template = "template.md"' "$@" > wf.toml
exec wf check -q
