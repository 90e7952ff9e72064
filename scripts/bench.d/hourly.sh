# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# 200 new calls into a small and a large table, scripts/bench hourly. Sourced, never run.

bench_hourly() {
  local concurrency=4 through=""
  # 200 calls an hour, and they go on; about 177 of them are stored.
  start_simulator --scenario steady
  if wanted 60k; then bench_hour 60k 340; fi
  if wanted 1m; then bench_hour 1m 5665; fi
}

# Case, who, seconds, CPU, memory, calls, rows written, rows stored before.
bench_hour() {
  local case="$1" hours="$2" run before stored touched
  step "$case: storing $hours hours with 200 calls each"
  fresh_database bench
  rehearse historical --since "$(date -u -d "-$hours hours" +%FT%TZ)"
  query postgres bench -c 'VACUUM ANALYZE'
  for run in $(seq "$runs"); do
    step "$case: run $run of $runs"
    forget_last_hour
    stored="$(value 'SELECT count(*) FROM calls')"
    before="$(request_count)"
    touched="$(rows_touched)"
    measure_program "$case" hourly
    note "$(answered totalCalls)" "$(($(rows_touched) - touched))" "$stored"
    keep_requests "$before"
    keep_rows "updated_at >= (SELECT max(started_at) FROM sync_runs)"
    measure_curl "$case"
    forget_last_hour
    measure_psql "$case" bench
  done
}

# As if the last run had been an hour ago.
forget_last_hour() {
  value "DELETE FROM calls WHERE call_date >= now() - interval '1 hour'" >/dev/null
  value "UPDATE sync_state SET covered_until = now() - interval '1 hour'" >/dev/null
}
