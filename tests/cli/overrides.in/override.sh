# The first argument is the level of missing-header in the workflows; the project is checked with the others.
level=$1
shift
printf '%s\n' 'template = "template.md"' '[[overrides]]' 'paths = ["workflows"]' "rules = { missing-header = $level }" > wf.toml
exec wf check -q "$@"
