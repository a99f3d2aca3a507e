#!/usr/bin/env bash
# All shipped scenarios in less than two seconds, counted in processor time: what one core would need
# with nobody else on the machine. In memory where there is room: what a disk takes to sync is not theirs.
root=$(cd "$(dirname "$0")/../.." && pwd); PROG=$(realpath "${PROG:-$root/build/tocsin}")
[ -w /dev/shm ] && export TMPDIR=/dev/shm
cd "$(mktemp -d)" || exit
TIMEFORMAT='%3U %3S'
took=$( { time "$PROG" test >out; } 2>&1 ) || { cat out; exit 1; }
took=$(awk '{ printf "%d", ($1 + $2) * 1000 }' <<<"$took")
echo "all $(grep -c '^# ' out) examples, $(tail -1 out | cut -d. -f3) promises: $took ms of processor time, budget 2000 ms"
[ "$took" -lt 2000 ]
