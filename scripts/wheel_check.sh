#!/usr/bin/env bash
# Build the wheel, install it with its dependencies in an empty environment outside the checkout,
# and run the main job there. Usage: scripts/wheel_check.sh PYTHON
set -euo pipefail
python=$1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m build --wheel --no-isolation --outdir "$work/dist" "$root" >"$work/build.log" 2>&1 ||
  { cat "$work/build.log"; exit 1; }
"$python" -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$root/constraints.txt" "$work"/dist/*.whl
cd "$work"
"$work/env/bin/python" -m pip check
"$work/env/bin/proba" reproduce --out tables
