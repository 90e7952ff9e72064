# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# The service that Prometheus looks at, and its metrics. Sourced, never run.

service=""
port=""
CRON_SECRET=""

# One of the program's commands with exactly the settings of this check.
twilio_sync() {
  CRON_SECRET="$CRON_SECRET" \
    DATABASE_URL="host=$folder/database user=twilio_sync dbname=twilio_sync" \
    TWILIO_ACCOUNT_SID="$account_sid" TWILIO_AUTH_TOKEN="${token:-$auth_token}" \
    TWILIO_API_BASE_URL="$simulator_url" HOST=127.0.0.1 PORT="$port" "$@"
}

prepare_service() {
  start_database
  query postgres postgres -c 'CREATE ROLE twilio_sync LOGIN'
  query postgres postgres -c 'CREATE DATABASE twilio_sync OWNER twilio_sync'
  start_simulator --scenario example87
  CRON_SECRET="$(cat "$folder/prometheus/twilio-sync-token")"
  port="$(free_port)"
  step "Migrating the database and starting the service"
  twilio_sync "$programs/twilio-sync" migrate >"$folder/migrate.log" 2>&1 || fail "twilio-sync migrate failed"
  start_service
}

# The port stays the same, because Prometheus knows it.
start_service() {
  twilio_sync start_process "$folder/service.log" "$programs/twilio-sync" serve
  service=$started
  wait_until 30 "$service" service_ready || fail "the service did not become ready"
}

stop_service() {
  stop_process "$service" 30
  service=""
}

service_ready() {
  ask -o /dev/null "/ready" 2>/dev/null
}

# The path comes last.
ask() {
  curl --noproxy '*' -fsS --max-time 120 -H "Authorization: Bearer $CRON_SECRET" \
    "${@:1:$#-1}" "http://127.0.0.1:$port${!#}"
}

# Starts a run and prints its status.
run_status() {
  curl --noproxy '*' -sS --max-time 180 -o "$folder/answer.json" -w '%{http_code}' \
    -X POST -H "Authorization: Bearer $CRON_SECRET" "http://127.0.0.1:$port$1"
}

expect_run() {
  local status
  status="$(run_status "$1")" || fail "$1 did not answer"
  [ "$status" = "$2" ] || fail "$1 answered $status instead of $2: $(cat "$folder/answer.json")"
}

scrape() {
  ask -o "$folder/metrics.txt" -w '%{time_total}\n' /metrics
}

check_metrics() {
  local times
  step "Prometheus: /metrics of the running service (promtool check metrics)"
  scrape >/dev/null
  promtool check metrics <"$folder/metrics.txt" >"$folder/check.log" 2>&1 ||
    fail "promtool check metrics: $(cat "$folder/check.log")"
  times="$(for _ in $(seq 50); do scrape; done | sort -n | awk '{ all[NR] = $1 * 1000 } END { printf "%.1f ms at the median, %.1f ms at most", all[int((NR + 1) / 2)], all[NR] }')"
  note "$(grep -c '^# TYPE ' "$folder/metrics.txt") families," \
    "$(grep -vc '^#' "$folder/metrics.txt") series, $(wc -c <"$folder/metrics.txt") bytes; 50 scrapes: $times"
}
