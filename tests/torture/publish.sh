#!/bin/bash
# publish.sh: publish is killed at a random moment, many times. Whatever was done by then, the next publish
# ends with one commit, one number, a record that verifies and a repository that git finds whole.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
root=$(cd "$(dirname "$0")/../.." && pwd)
"$PROG" -q init "$dir/made" >/dev/null
cp "$root/examples/spm-2025-001/tocsin.yaml" "$dir/made/"
"$PROG" -q -C "$dir/made" import "$root/examples/spm-2025-001/history.yaml" >/dev/null </dev/null
rounds=${ROUNDS:-150} early=0
RANDOM=20250311
for round in $(seq "$rounds"); do
    rm -rf "$dir/w"; cp -r "$dir/made" "$dir/w"
    "$PROG" -q -C "$dir/w" --yes publish --date 2025-03-28 >/dev/null 2>&1 & child=$!
    sleep "0.0$(printf %03d $((RANDOM % 450)))"
    kill -9 $child 2>/dev/null || true
    wait $child 2>/dev/null && status=0 || status=$?
    [ "$status" -eq 0 ] || early=$((early + 1))
    rm -f "$dir/w/postmortems/refs/heads/"*.lock # what git itself tells people to do after a crash
    "$PROG" -q -C "$dir/w" --yes publish --date 2025-03-28 >/dev/null
    commits=$(git -C "$dir/w/postmortems" rev-list --count main)
    numbers=$(cat "$dir"/w/.tocsin/incidents/*/journal.jsonl | grep -c '"kind":"numbered"')
    published=$(cat "$dir"/w/.tocsin/incidents/*/journal.jsonl | grep -c '"kind":"published"')
    "$PROG" -q -C "$dir/w" verify >/dev/null
    git -C "$dir/w/postmortems" fsck --strict >/dev/null 2>&1
    git -C "$dir/w/postmortems" show main:SPM-2025-001.md | cmp -s - "$dir/w/drafts/INC-2025-001.md"
    [ "$commits" -eq 1 ] && [ "$numbers" -eq 1 ] && [ "$published" -eq 1 ] || {
        echo "round $round: $commits commits, $numbers numbers, $published published"; exit 1; }
done
echo "publish killed in $early of $rounds rounds: one commit, one number, each time"
[ "$early" -gt $((rounds / 10)) ]
