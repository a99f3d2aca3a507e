# seed-day.sh: sourced by cases: a real workspace in the current folder that holds 11 March 2025,
# five windows of osc-fr1 to the minute and the word that osc-secnum-fr1 had none.
cat >tocsin.yaml <<'YAML'
zone: Europe/Paris
services:
  osc-fr1: { policy: standard }
  osc-secnum-fr1: { policy: standard }
policies:
  standard: { target: 99.9%, credit: 5%, counting: pro-rata, uncertain: customer, from: 2023-10-20 }
YAML
day=2025-03-11
quiet() { "$PROG" --by alice --yes "$@" >/dev/null 2>quiet.err || { echo "failed: $*"; cat quiet.err; exit 1; }; }
quiet open "flood" "@$day 11:08"
for w in 11:17-11:30 11:40-11:53 14:16-14:26 14:41-14:46 16:28-16:36; do
    quiet impact osc-fr1 down "${day}T${w%-*}-${day}T${w#*-}"
done
quiet impact osc-secnum-fr1 none
