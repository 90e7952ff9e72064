# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# A real Prometheus with the rules that are shipped, and the troubles they are for. Sourced, never run.

prometheus=""
prometheus_port=""

# The shipped configuration, but for the address, plain HTTP on loopback, a look every second and a tenth of a
# minute for a minute.
start_prometheus() {
  local configuration="$folder/prometheus/live.yml"
  sed -e "s/sync\.example\.com/127.0.0.1:$port/" -e 's/scheme: https/scheme: http/' \
    -e 's/_interval: 30s/_interval: 1s/' "$deploy/prometheus.yml" >"$configuration"
  sed -e 's/for: 5m/for: 3s/' "$deploy/alerts.yml" >"$folder/prometheus/alerts.yml"
  grep -q "127.0.0.1:$port" "$configuration" || fail "prometheus.yml no longer has the form this script reads"
  prometheus_port="$(free_port)"
  mkdir "$folder/tsdb"
  start_process "$folder/prometheus.log" prometheus --config.file="$configuration" \
    --storage.tsdb.path="$folder/tsdb" --web.listen-address="127.0.0.1:$prometheus_port"
  prometheus=$started
  wait_until 30 "$prometheus" prometheus_sees 'up == 1' || fail "Prometheus does not reach the service"
}

# Whether the expression finds something.
prometheus_sees() {
  NO_PROXY='*' promtool query instant "http://127.0.0.1:$prometheus_port" "$1" 2>/dev/null | grep -q '=>'
}

firing() {
  prometheus_sees "ALERTS{alertname=\"$1\",alertstate=\"firing\"}"
}

not_firing() {
  ! firing "$1"
}

# A rule that fires has been looked at; one that does not may not have been yet, hence the two.
expect_firing() {
  local begun=$SECONDS
  wait_until 60 "$prometheus" firing "$1" || fail "the alert $1 does not fire"
  note "$1 fires (after $((SECONDS - begun)) s)"
}

expect_cleared() {
  local begun=$SECONDS
  wait_until 60 "$prometheus" not_firing "$1" || fail "the alert $1 does not cease to fire"
  note "$1 has ceased to fire (after $((SECONDS - begun)) s)"
}

check_alerts() {
  step "Prometheus: a real one scrapes the service, with an installation that is three hours old"
  query twilio_sync twilio_sync -c \
    "UPDATE schema_migrations SET applied_at = applied_at - INTERVAL '3 hours'" >/dev/null
  start_prometheus
  expect_firing no_calls
  expect_firing no_run
  step "An hourly run stores 87 calls, none of whose numbers anybody has registered"
  expect_run /api/sync-twilio-hourly 200
  expect_cleared no_calls
  expect_cleared no_run
  expect_firing default_workspace
  step "The numbers get their workspaces, and reattribute moves the calls"
  query twilio_sync twilio_sync -c "INSERT INTO workspaces (id, name) VALUES (4, 'Madrid'), (5, 'Sevilla')"
  query twilio_sync twilio_sync -c 'UPDATE workspace_phones SET workspace_id = 4 + id % 2'
  expect_run /api/reattribute 200
  expect_cleared default_workspace
  step "The service stops, comes back with a wrong Twilio token, and three runs fail"
  stop_service
  expect_firing target_down
  token=wrong-token-wrong-token-wrong-to start_service
  expect_cleared target_down
  for _ in 1 2 3; do expect_run /api/sync-twilio-hourly 502; done
  expect_firing repeated_failures
  step "The right token is back, and a run succeeds"
  stop_service
  start_service
  expect_run /api/sync-twilio-hourly 200
  expect_cleared repeated_failures
  step "PostgreSQL stops, and starts again with pg_cron"
  restart_database
  note "$(NO_PROXY='*' promtool query instant "http://127.0.0.1:$prometheus_port" \
    'round(1000 * avg_over_time(scrape_duration_seconds[10m]), 0.1)' | sed 's/.*=> \([0-9.]*\).*/a scrape took \1 ms on average/')"
}

restart_database() {
  query postgres postgres -c "ALTER SYSTEM SET shared_preload_libraries = 'pg_cron'"
  as_database_user "$postgresql/pg_ctl" stop -w -D "$folder/database" -m fast >/dev/null
  expect_firing status_down
  (
    cd "$folder" &&
      as_database_user "$postgresql/pg_ctl" start -w -D "$folder/database" -l "$folder/postgresql.log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder/database'" >/dev/null
  ) || fail "PostgreSQL did not start with pg_cron"
  expect_cleared status_down
}

check_dashboard() {
  step "Grafana: every expression of the dashboard is answered, and asks for metrics that are there"
  scrape >/dev/null
  python3 "$repository/scripts/deploy-check.d/dashboard.py" "$deploy/grafana-dashboard.json" \
    "$folder/metrics.txt" "http://127.0.0.1:$prometheus_port" >"$folder/check.log" 2>&1 ||
    fail "the dashboard has faults: $(cat "$folder/check.log")"
  note "$(cat "$folder/check.log")"
  stop_process "$prometheus" 10
  prometheus=""
}
