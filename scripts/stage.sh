# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# The stage on which the demonstration and the benchmark play: both programs, a private PostgreSQL
# cluster and the simulator, all in `folder`. Sourced after lib.sh, never run.

folder=""
build=""
simulator=""
postgresql=""

# A folder others can pass through but not list: PostgreSQL, which refuses to run as root, has its
# own part of it. Directly under /tmp, because the path of a Unix socket is limited to 107 bytes.
open_stage() {
  folder="$(mktemp -d "/tmp/twilio-sync-$1.XXXXXX")"
  chmod 711 "$folder"
}

# --- build --------------------------------------------------------------------------------------

build_product() {
  start_process "$folder/build.log" swift build -c release --static-swift-stdlib --product "$1"
  build=$started
  wait "$build" || fail "the release build of $1 failed"
  build=""
}

# Sets `programs` to the folder of both programs.
build_programs() {
  step "Building twilio-sync and twilio-simulator (release)"
  build_product twilio-sync
  build_product twilio-simulator
  programs="$(swift build -c release --static-swift-stdlib --show-bin-path)"
}

# --- PostgreSQL ---------------------------------------------------------------------------------

# Takes another folder for a socket, besides the cluster's own, if there is to be one.
start_database() {
  local tools
  step "Starting a private PostgreSQL cluster"
  tools="$(postgresql_folder)"
  postgresql="$tools"
  mkdir -m 700 "$folder/database"
  : >"$folder/postgresql.log"
  if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || fail "PostgreSQL refuses to run as root and there is no user postgres"
    chown postgres "$folder/database" "$folder/postgresql.log"
  fi
  (
    cd "$folder" &&
      as_database_user "$tools/initdb" -D "$folder/database" -U postgres -A trust -E UTF8 \
        --locale=C.UTF-8 >>"$folder/postgresql.log" 2>&1 &&
      # No TCP: the socket lies in the cluster's own folder, which nobody else may enter.
      as_database_user "$tools/pg_ctl" start -w -D "$folder/database" -l "$folder/postgresql.log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder/database${1:+,$1}'" >/dev/null
  ) || fail "the private PostgreSQL cluster did not start"
}

query() {
  psql -X -q -v ON_ERROR_STOP=1 -h "$folder/database" -U "$1" -d "$2" "${@:3}"
}

# --- the simulator ------------------------------------------------------------------------------

# The simulator's invented credentials (AccountCredentials.swift); they open nothing else.
account_sid=AC00000000000000000000000000000001
auth_token=simulated-auth-token-000000000000

simulator_listens() {
  head -n 1 "$folder/simulator.log" | grep -q '^http://'
}

# Starts it with the arguments given; sets `simulator_url`.
start_simulator() {
  step "Starting the Twilio simulator: $*"
  # An earlier simulator's address must not be taken for this one's.
  : >"$folder/simulator.log"
  start_process "$folder/simulator.log" "$programs/twilio-simulator" --port 0 "$@"
  simulator=$started
  wait_until 20 "$simulator" simulator_listens || fail "the simulator did not print its address"
  simulator_url="$(head -n 1 "$folder/simulator.log")"
}

stop_simulator() {
  stop_process "$simulator" 5
  simulator=""
}

# The simulator's 17 numbers, in the order it prints them, belong to the workspaces 1, 4, 5 and 6 in
# turn: five to workspace 1 and four to each of the others. Takes the database's name.
register_phones() {
  "$programs/twilio-simulator" --print-phones >"$folder/phones"
  [ "$(wc -l <"$folder/phones")" -eq 17 ] || fail "the simulator did not print 17 numbers"
  {
    printf "INSERT INTO workspaces (id, name) VALUES (4, 'Madrid'), (5, 'Sevilla'), (6, 'Valencia');\n"
    awk 'BEGIN { split("1 4 5 6", workspaces) } {
      printf "INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) "
      printf "VALUES (%d, \047%s\047, false);\n", workspaces[(NR - 1) % 4 + 1], $1
    }' "$folder/phones"
  } | query twilio_sync "$1" -1 -f -
}

# --- the end ------------------------------------------------------------------------------------

show_logs() {
  local log
  for log in "$folder"/*.log; do
    [ -s "$log" ] || continue
    printf -- '--- last lines of %s\n' "$(basename "$log")" >&2
    tail -n 20 "$log" >&2
  done
}

# Ends what this file has started and removes the folder.
leave_stage() {
  [ -z "$build" ] || stop_process "$build" 5
  [ -z "$simulator" ] || stop_process "$simulator" 5
  if [ -n "$postgresql" ]; then
    as_database_user "$postgresql/pg_ctl" stop -D "$folder/database" -m fast >/dev/null 2>&1 || true
  fi
  [ -z "$folder" ] || rm -rf "$folder"
}
