# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# A UTC day of 100,000 stored calls compared with Twilio's list, scripts/bench audit. Sourced, never run.

bench_audit() {
  local concurrency=4 through="" case=day phones period day run before calls
  day="$(date -u -d '-7 days' +%F)"
  period=(--since "$day" --until "$(date -u -d '-6 days' +%F)")
  start_simulator --scenario empty
  step "$case: making and storing it"
  mapfile -t phones < <(cut -f 1 "$folder/phones")
  python3 "$parts/day_of_calls.py" "$day" 100000 "${phones[@]}" >"$folder/calls"
  while read -r calls; do
    curl --noproxy '*' -fsS -o /dev/null --data-binary @- "$simulator_url/_simulator/calls" <<<"$calls"
  done <"$folder/calls"
  fresh_database bench
  rehearse historical "${period[@]}"
  query postgres bench -c 'VACUUM ANALYZE'
  # A first audit, which is not counted, shows which requests are made.
  before="$(request_count)"
  rehearse audit "${period[@]}"
  keep_requests "$before"
  for run in $(seq "$runs"); do
    step "$case: run $run of $runs"
    measure_program "$case" audit "${period[@]}"
    note "$(value 'SELECT twilio_calls FROM sync_audits')"
    measure_curl "$case"
  done
}
