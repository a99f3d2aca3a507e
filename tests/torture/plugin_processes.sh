#!/usr/bin/env bash
# plugin_processes.sh: a provider's own program has its effect and dies before it answers, or answers after the
# deadline, or is never reached; and the executor is killed while it runs. Resumed, each thing was done once.
set -u
prog=${PROG:?}; rounds=${ROUNDS:-24}
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir -p plugins/mine runbooks
cat >tocsin.yaml <<'S'
services: { shop: { ips: [192.0.2.1] } }
roles: { pool: { plugin: mine, effects: EFFECTS } }
S
sed -i "s|EFFECTS|$dir/effects|" tocsin.yaml
cat >plugins/mine/plugin.lua <<'L'
-- The program writes what it did, with its key, and then dies, is late, or answers; "how" says which.
local doing = [[how=$(cat "$3/how"); [ "$how" = unreached ] && { echo answers >"$3/how"; kill -9 $$; }
echo "$1 $2" >>"$3/done"; [ "$how" = dies ] && kill -9 $$; [ "$how" = late ] && sleep 1.5; echo fine]]
local function run(...)
  local id = program_start { ... }
  local seen = program_look(id)
  while not seen.ended do wait "10ms" seen = program_look(id) end
  return seen.status
end
local function change(t)
  local status = run("sh", "-c", doing, "sh", t.args.ip, t.key, t.settings.effects)
  if status == 0 then return ok { count = 1 } end
  return unsure("the program ended with " .. status)
end
local function probe(t)
  if run("grep", "-qF", t.args.ip .. " " .. t.key, t.settings.effects .. "/done") == 0 then return done { count = 1 } end
  return absent()
end
return {
  summary = "a provider that dies", plays = { "pool" }, needs = { "programs sh grep" },
  settings = { effects = { type = "text", required = true } },
  actions = { ["pool.add"] = { perform = change, probe = probe, deadline = "1s", appears_within = "0s" } },
}
L
cat >runbooks/three.lua <<'L'
return runbook { summary = "three IPs", steps = function()
  each { { "192.0.2.11", "192.0.2.12", "192.0.2.13" }, function(ip) pool.add { service = "shop", ip = ip } end, at_once = 1 }
end }
L
bad=0 killed=0
for ((n = 0; n < rounds; n++)); do
    rm -rf effects .tocsin; mkdir effects
    case $((n % 4)) in 0) how=dies ;; 1) how=late ;; 2) how=unreached ;; *) how=answers ;; esac
    echo $how >effects/how; : >effects/done
    "$prog" -q down shop >/dev/null 2>&1
    "$prog" run three </dev/null >said 2>&1 & pid=$!
    sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1)); wait "$pid" 2>/dev/null
    for _ in 1 2 3 4 5 6; do # a program that outlives its executor holds the run: 6
        "$prog" resume R1 </dev/null >>said 2>&1; status=$?
        [ "$status" -eq 6 ] || break
        sleep 0.5
    done
    grep -q '"run.started"' .tocsin/incidents/*/journal.jsonl || continue # killed before it began: nothing to resume
    each=$(cut -d' ' -f1 effects/done | sort | uniq -c | tr -s ' \n' ' ')
    [ "$each" = " 1 192.0.2.11 1 192.0.2.12 1 192.0.2.13 " ] || { echo "$how: done:$each"; cat said; bad=1; }
    "$prog" restore 2>/dev/null | grep -c 'pool:shop/' | grep -qx 3 || { echo "$how: the ledger:"; "$prog" restore; bad=1; }
    "$prog" verify >/dev/null 2>&1 || { "$prog" verify; bad=1; }
done
[ "$killed" -gt 0 ] || { echo "no executor was killed: nothing was tried"; bad=1; }
echo "$rounds rounds, $killed executors killed: what the provider did it did once"
exit "$bad"
