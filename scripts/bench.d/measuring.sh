# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# How scripts/bench runs and measures one command. Sourced, never run.

measured=""
proxy=""

# --- databases ----------------------------------------------------------------------------------

# An empty migrated database with the account's numbers, to be copied for each run.
prepare_template() {
  step "Migrating a database"
  query postgres postgres -c 'CREATE DATABASE prepared OWNER twilio_sync'
  DATABASE_URL="$(database_url prepared)" \
    "$programs/twilio-sync" migrate >"$folder/migrate.log" 2>&1 || fail "twilio-sync migrate failed"
  register_phones prepared
}

database_url() {
  printf 'host=%s user=twilio_sync dbname=%s' "$folder/database" "$1"
}

# Makes a database anew: `bench` is the program's, `floor` that of psql.
fresh_database() {
  query postgres postgres -c 'SET client_min_messages = warning' \
    -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" \
    -c "CREATE DATABASE $1 OWNER twilio_sync TEMPLATE prepared"
}

value() {
  query twilio_sync bench -At -c "$1"
}

# Rows of calls inserted, updated or deleted so far, once everybody's counts have come in: a session
# hands them over when it ends.
rows_touched() {
  until [ "$(query postgres postgres -At -c "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bench'")" = 0 ]; do
    sleep 0.05
  done
  value "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'calls'"
}

# --- measuring ----------------------------------------------------------------------------------

# Runs a command alone and appends to the results: case, who, seconds, CPU seconds, kilobytes at the
# peak, and what else is given. Its standard output is left in output, its messages in WHO.log.
measure() {
  local case="$1" who="$2"
  shift 2
  # The disk is quiet, and every run has as long until the next checkpoint.
  query postgres postgres -c CHECKPOINT
  start_process "$folder/$who.log" python3 "$parts/measure.py" "$folder/figures" "$folder/output" "$@"
  measured=$started
  wait "$measured" || fail "$case: $who failed"
  measured=""
  printf '%s\t%s\t%s' "$case" "$who" "$(cat "$folder/figures")" >>"$folder/results.tsv"
}

# The last columns of what was measured.
note() {
  printf '\t%s' "$@" >>"$folder/results.tsv"
  printf '\n' >>"$folder/results.tsv"
  step "  $(tail -n 1 "$folder/results.tsv" | tr '\t' ' ')"
}

# Sets `command` to one of the program's commands with exactly the settings of this benchmark.
prepare() {
  command=(env DATABASE_URL="${through:-$(database_url bench)}" TWILIO_API_BASE_URL="$simulator_url"
    TWILIO_ACCOUNT_SID="$account_sid" TWILIO_AUTH_TOKEN="$auth_token"
    TWILIO_CONCURRENCY="$concurrency" "$programs/twilio-sync" "$@" --json)
}

# Runs one of the program's commands unmeasured.
rehearse() {
  prepare "$@"
  start_process "$folder/rehearsal.log" "${command[@]}"
  measured=$started
  wait "$measured" || fail "twilio-sync $1 failed"
  measured=""
}

measure_program() {
  prepare "${@:2}"
  measure "$1" twilio-sync "${command[@]}"
}

# A number of the last command's JSON answer.
answered() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$folder/output" "$1"
}

# --- what cannot be beaten ----------------------------------------------------------------------

# How many requests the simulator has had.
request_count() {
  curl --noproxy '*' -fsS "$simulator_url/_simulator/requests" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["count"])'
}

# Writes the answered requests behind the given count as a configuration of curl.
keep_requests() {
  curl --noproxy '*' -fsS "$simulator_url/_simulator/requests" |
    python3 "$parts/requests.py" "$simulator_url" "$account_sid:$auth_token" "$1" >"$folder/requests"
}

measure_curl() {
  measure "$1" curl curl --parallel --parallel-max "$concurrency" --config "$folder/requests"
  note "$(grep -c '^url' "$folder/requests")"
}

# The columns that the program's own upsert writes.
columns="id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration, "
columns+="cost, price_unit, status, direction, call_date, ended_at, effective_at, "
columns+="twilio_updated_at, raw_data, updated_at"

# Copies the calls that fulfil a condition into a file.
keep_rows() {
  rm -f "$folder/rows"
  query twilio_sync bench -c "\\copy (SELECT $columns FROM calls WHERE $1) TO '$folder/rows'"
  {
    printf 'CREATE TEMP TABLE staging AS SELECT %s FROM calls WITH NO DATA;\n' "$columns"
    printf "\\\\copy staging FROM '%s'\n" "$folder/rows"
    printf 'INSERT INTO calls (%s) SELECT * FROM staging\n' "$columns"
    printf 'ON CONFLICT (id) DO UPDATE SET (%s) =\n' "$columns"
    printf '  (excluded.%s);\n' "${columns//, /, excluded.}"
  } >"$folder/upsert.sql"
}

# Copies and upserts the kept rows into a database.
measure_psql() {
  measure "$1" psql psql -X -q -v ON_ERROR_STOP=1 -h "$folder/database" -U twilio_sync -d "$2" \
    -f "$folder/upsert.sql"
  note "$(wc -l <"$folder/rows")"
}

# --- a slow way to PostgreSQL -------------------------------------------------------------------

proxy_listens() {
  grep -q '^[0-9]' "$folder/proxy.log"
}

# Starts a proxy before PostgreSQL that holds everything back so many milliseconds each way; sets
# `through` to the connection string. It counts the round trips of each page commit in round-trips.
start_proxy() {
  : >"$folder/proxy.log"
  start_process "$folder/proxy.log" python3 "$parts/delay_proxy.py" \
    "$folder/database/.s.PGSQL.5432" "$1" "$folder/round-trips"
  proxy=$started
  wait_until 20 "$proxy" proxy_listens || fail "the delaying proxy did not start"
  through="host=127.0.0.1 port=$(cat "$folder/proxy.log") user=twilio_sync dbname=bench sslmode=disable"
}

stop_proxy() {
  stop_process "$proxy" 5
  proxy=""
  through=""
}

# --- the machine --------------------------------------------------------------------------------

show_machine() {
  printf '%s, %s cores, %s; %s\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(free -h --si | awk '/^Mem/ { print $2 }')" "$(date -u +%F)"
}

show_database() {
  value 'SELECT split_part(version(), $$ on $$, 1)'
  value "SELECT string_agg(name || '=' || current_setting(name), ', ' ORDER BY name) FROM pg_settings
    WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size',
      'wal_level', 'autovacuum', 'jit')"
  printf '\n'
}
