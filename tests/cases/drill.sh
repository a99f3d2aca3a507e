# drill.sh: sourced by cases: a workspace whose clock is the simulator's: 2025-01-01 10:00 CET.
unset TOCSIN_HOME TOCSIN_BY
cat >tocsin.yaml <<'YAML'
world: simulated
zone: Europe/Paris
services:
  shop: { policy: standard, ips: [192.0.2.1, 192.0.2.2], pool_min: 1 }
  mail: { ips: [192.0.2.9] }
policies:
  standard: { target: 99.9%, credit: 5%, counting: pro-rata, uncertain: ask }
YAML
t() { "$PROG" "$@"; }
quiet() { "$PROG" "$@" >/dev/null 2>&1 || { echo "failed: $*"; "$PROG" "$@"; }; }
