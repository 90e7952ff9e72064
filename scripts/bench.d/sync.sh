# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# The whole history, scripts/bench sync. Sourced, never run.

bench_sync() {
  local concurrency=4 through=""
  if wanted 58k || wanted 150ms || wanted 30ms || wanted resync; then
    start_simulator --scenario history --calls 58000
    if wanted 58k; then bench_history 58k; fi
    if wanted 30ms; then bench_history 30ms; fi
    if wanted resync; then bench_resync; fi
    if wanted 150ms; then
      concurrency=8
      set_latency 150
      bench_history 150ms
    fi
    stop_simulator
  fi
  if wanted 580k; then
    concurrency=4
    start_simulator --scenario history --calls 580000
    bench_history 580k
  fi
}

set_latency() {
  curl --noproxy '*' -fsS -o /dev/null -d "{\"latencyMilliseconds\": $1}" \
    "$simulator_url/_simulator/options"
}

# A first run fills the simulator's memory and shows which requests are made and which rows come of
# them; it is not counted.
first_run() {
  local before
  step "$1: a run that is not counted"
  fresh_database bench
  before="$(request_count)"
  rehearse historical
  keep_requests "$before"
  keep_rows true
  rows="$(value 'SELECT count(*) FROM calls')"
}

# Case, who, seconds, CPU, memory, calls, rows written, round trips a page commit (slow way only).
bench_history() {
  local case="$1" rows run
  first_run "$case"
  for run in $(seq "$runs"); do
    step "$case: run $run of $runs"
    fresh_database bench
    if [ "$case" = 30ms ]; then start_proxy 15; fi
    measure_program "$case" historical
    if [ "$case" = 30ms ]; then stop_proxy; fi
    note "$(answered totalCalls)" "$(rows_touched)" "$(round_trips "$case")"
    check_rows "$case"
    measure_curl "$case"
    fresh_database floor
    measure_psql "$case" floor
  done
}

bench_resync() {
  local case=resync rows run before
  first_run resync
  for run in $(seq "$runs"); do
    step "$case: run $run of $runs"
    before="$(rows_touched)"
    measure_program "$case" historical --restart
    note "$(answered totalCalls)" "$(($(rows_touched) - before))" ""
    check_rows "$case"
    measure_curl "$case"
    fresh_database floor
    measure_psql "$case" floor
  done
}

# A fast run that stores something else is no run.
check_rows() {
  local found
  found="$(value 'SELECT count(*) FROM calls')"
  [ "$found" = "$rows" ] || fail "$1: $found rows are stored, $rows by the first run"
}

# The most round trips that a page commit took.
round_trips() {
  [ "$1" != 30ms ] || sort -n "$folder/round-trips" | tail -n 1
}
