#!/usr/bin/env bash
# Compare `wf check` with its floor (read and parse the same files with comrak, nothing else) in one run.
#
#   benches/compare.sh DIR      DIR is a project with Markdown documents: the more, the better
#
# Prints hyperfine's comparison of wall and CPU time, then the instructions of both on one thread as valgrind
# counts them. Needs hyperfine and valgrind (both in Debian). Quote ratios, not times.
set -euo pipefail

project=$(cd "${1:?name a project}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for tool in hyperfine valgrind; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install $tool" >&2; exit 1; }
done

cargo build --locked --release --bin wf
floor=$(cargo bench --locked --bench floor --no-run 2>&1 | sed -n 's/.*(\(.*\))$/\1/p' | tail -n 1)
floor=$PWD/$floor wf=$PWD/target/release/wf
cd "$project"

hyperfine --shell=none --warmup 3 --runs 20 --ignore-failure \
  --command-name floor "$floor ." --command-name wf "$wf check --quiet --output-file /dev/null"

instructions() {
  RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
least=$(instructions "$floor" .)
most=$(instructions "$wf" check --quiet || true)
echo "instructions: floor $least, wf $most, ratio $(awk "BEGIN { printf \"%.2f\", $most / $least }")"
