#!/usr/bin/env bash
# commands.sh: the program itself, killed at random moments by eight impatient people; whatever it
# acknowledged (status 0) is in the record once, and the record is whole.
set -u
prog=${PROG:?}; rounds=${ROUNDS:-40}
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir" && "$prog" -q init >/dev/null && "$prog" -q down my-service >/dev/null || exit 1

person() { # each line of its file: a note that was acknowledged
    local n status pid
    for ((n = 0; n < rounds; n++)); do
        "$prog" note "person $1 round $n." >/dev/null 2>&1 & pid=$!
        sleep "0.00$((RANDOM % 10))$((RANDOM % 10))"
        kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null; status=$?
        case $status in 0) echo "person $1 round $n." ;; 137) echo killed >&2 ;; *) echo "status $status" >&2 ;; esac
    done >"$dir/said.$1" 2>"$dir/why.$1"
}
for p in 1 2 3 4 5 6 7 8; do person "$p" & done; wait

killed=$(cat why.* | grep -c killed); odd=$(cat why.* | grep -vc killed)
said=$(cat said.* | wc -l); bad=0
[ "$odd" -eq 0 ] || { sort why.* | uniq -c; bad=1; }
"$prog" note "the last word" >/dev/null 2>last || { cat last; bad=1; }
"$prog" verify >verified 2>&1 || { cat verified; bad=1; }
while IFS= read -r text; do
    n=$(grep -cF "\"$text\"" .tocsin/incidents/*/journal.jsonl)
    [ "$n" -eq 1 ] || { echo "'$text' is there $n times"; bad=1; }
done < <(cat said.*)
[ "$killed" -gt 0 ] && [ "$said" -gt 0 ] || { echo "killed $killed, said $said: nothing was tried"; bad=1; }
echo "$killed commands killed, $said acknowledged, each there once; $(cat verified)"
exit "$bad"
