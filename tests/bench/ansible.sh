#!/usr/bin/env bash
# ansible.sh: 20 trivial tasks, each one program that does nothing, beside ansible-playbook (Debian's ansible-core)
# in the same run: whole runs in turn, so that what else the machine does falls on both; medians. Ours journals each
# task twice, synced, and asks the state before and after it; ansible's is not durable. No budget: it is said, not judged.
set -eu
command -v ansible-playbook >/dev/null || { echo "ansible.sh: no ansible-playbook here to compare with (apt-get install ansible-core)"; exit 0; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export TOCSIN_BY=alice ANSIBLE_NOCOWS=1 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_INVENTORY_UNPARSED_WARNING=False HOME=$work
tasks=20 rounds=${ROUNDS:-5}
playbook() { echo "- hosts: localhost"; echo "  gather_facts: false"; echo "  tasks:"
    for i in $(seq "$1"); do echo "    - command: 'true'"; done; [ "$1" -gt 0 ] || echo "    []"; }
runbook() { echo 'return runbook { summary = "trivial", params = { n = { type = "integer" } }, steps = function(p)'
    for i in $(seq "$1"); do echo "  pool.add { service = \"shop\", ip = \"10.0.\" .. p.n .. \".$i\" }"; done; echo 'end }'; }
mkdir -p runbooks plugins/true
playbook "$tasks" >tasks.yml; playbook 0 >nothing.yml; runbook "$tasks" >runbooks/tasks.lua; runbook 0 >runbooks/nothing.lua
printf 'services: { shop: { ips: [192.0.2.1] } }\nroles: { pool: { plugin: "true" } }\n' >tocsin.yaml
cat >plugins/true/plugin.lua <<'LUA'
local function nothing(t)
  local id = program_start { "true" }
  while not program_look(id).ended do wait(1) end
  return ok { count = 1 }
end
return { summary = "starts `true`", plays = { "pool" }, needs = { "programs" }, actions = {
  ["pool.holds"] = { perform = function(t) return ok { holds = false } end },
  ["pool.list"] = { perform = function(t) return ok { ips = {}, count = 0 } end },
  ["pool.add"] = { perform = nothing }, ["pool.remove"] = { perform = nothing } } }
LUA
"$PROG" -q open bench >/dev/null
took() { local start=${EPOCHREALTIME/./}; "$@" >out 2>&1 </dev/null || { cat out; exit 1; }; echo $((${EPOCHREALTIME/./} - start)); }
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }
for n in $(seq "$rounds"); do
    took ansible-playbook -i localhost, -c local tasks.yml >>a.tasks
    took "$PROG" -q run tasks "n=$n" >>t.tasks
    took ansible-playbook -i localhost, -c local nothing.yml >>a.nothing
    took "$PROG" -q run nothing "n=$n" >>t.nothing
done
at=$(median <a.tasks) an=$(median <a.nothing) tt=$(median <t.tasks) tn=$(median <t.nothing)
printf '%-34s %10s %12s %14s\n' "$tasks trivial tasks, median of $rounds" "all, ms" "start, ms" "a task, ms"
row() { printf '%-34s %10d %12d %11d.%02d\n' "$1" $(($2 / 1000)) $(($3 / 1000)) $((($2 - $3) / tasks / 1000)) $((($2 - $3) / tasks % 1000 / 10)); }
version=$(ansible-playbook --version)
row "${version%%$'\n'*}" "$at" "$an"
row "tocsin run, durable" "$tt" "$tn"
echo "ansible-playbook takes $((at / tt)) times as long; a task of it $(((at - an) / (tt > tn ? tt - tn : 1))) times"
