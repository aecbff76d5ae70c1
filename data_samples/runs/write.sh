#!/usr/bin/env bash
# Writes the two sample runs, here or into another folder: bash data_samples/runs/write.sh [FOLDER]
# They are made elsewhere first: what is there stays until both are whole.
set -euo pipefail
home=$(cd "$(dirname "$0")" && pwd)
target=${1:-$home}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$home/../.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

make() {  # a run by its name, and what sets it apart
  local run=$tmp/$1
  "$python" -m patientsim_core simulate --cases data_samples/cases.json --patient offline --doctor offline \
    --personas all --cases-each 3 "${@:2}" --out "$run"
  # dialogues that are over at almost the same time come in any order; by their ids the file is always the same
  LC_ALL=C sort -o "$run/dialogues.jsonl" "$run/dialogues.jsonl"
  "$python" -m patientsim_core evaluate "$run" --judge offline
  rm -f "$run/.lock"
}

make offline-personas
make offline-no-persona --play-as plain,B,high,normal
for name in offline-personas offline-no-persona; do
  rm -rf "${target:?}/$name"
  mv "$tmp/$name" "$target/$name"
done
