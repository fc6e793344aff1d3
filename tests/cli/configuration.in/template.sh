# Each argument becomes a line of the template; then the project is checked by it.
printf '%s\n' "$@" > docs/template.md
echo 'template = "docs/template.md"' > wf.toml
exec wf check -q
