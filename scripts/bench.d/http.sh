# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# /health under load, beside nginx, scripts/bench http. Sourced, never run.

http_port=""
http_server=""
# As many threads as `serve` has event loops, and as many clients' threads.
http_threads=2
http_clients=64
http_seconds=10
idle_connections=10000

prepare_http() {
  install_beside nginx nginx
  install_beside wrk wrk
  step "Building twilio-sync (release)"
  build_product twilio-sync
  programs="$(swift build -c release --static-swift-stdlib --show-bin-path)"
  prepare_answer
}

bench_http() {
  local case run
  # A descriptor a connection, at both ends.
  ulimit -n "$((idle_connections + 2000))" ||
    fail "$idle_connections connections need as many descriptors; raise the limit: ulimit -Hn"
  for case in keep-alive close; do
    wanted "$case" || continue
    for run in $(seq "$runs"); do
      step "$case: run $run of $runs"
      bench_load "$case" twilio-sync
      bench_load "$case" nginx
    done
  done
  if wanted idle; then
    bench_idle twilio-sync
    bench_idle nginx
  fi
  if wanted hour; then
    bench_hour_of_requests twilio-sync
    bench_hour_of_requests nginx
  fi
}

# Case, who, seconds, CPU seconds, kilobytes afterwards, requests, p50 and p99 in microseconds, lost.
bench_load() {
  local before requests seconds p50 p99 lost
  "start_$2"
  # Not counted: memory is touched, code is loaded.
  load "$1" 1
  before="$(cpu_ticks)"
  load "$1" "$http_seconds"
  read -r requests seconds p50 p99 lost <"$folder/figures"
  [ "$lost" = 0 ] || fail "$1: $2 lost $lost of $requests requests"
  printf '%s\t%s\t%s\t%s\t%s' "$1" "$2" "$seconds" "$(cpu_seconds_since "$before")" "$(resident)" \
    >>"$folder/results.tsv"
  note "$requests" "$p50" "$p99"
  stop_http
}

# Case, who, kilobytes before, kilobytes with all connections, connections.
bench_idle() {
  local before client input
  step "idle: $idle_connections connections to $1"
  "start_$1"
  load keep-alive 2
  before="$(resident)"
  mkfifo "$folder/$1.end"
  setsid python3 "$parts/idle.py" "$http_port" "$idle_connections" \
    <"$folder/$1.end" >"$folder/idle.log" 2>&1 &
  client=$!
  measured=$client
  exec {input}>"$folder/$1.end"
  wait_until 60 "$client" grep -q open "$folder/idle.log" ||
    fail "$1 did not take $idle_connections connections: $(tail -n 1 "$folder/idle.log")"
  printf 'idle\t%s\t%s\t%s' "$1" "$before" "$(resident)" >>"$folder/results.tsv"
  note "$idle_connections"
  exec {input}>&-
  wait "$client" || fail "the connections to $1 did not end"
  measured=""
  stop_http
}

# Case, who, kilobytes before, kilobytes afterwards, requests.
bench_hour_of_requests() {
  local before case requests=0 rest
  step "hour: an hour's requests to $1, some 50 a second"
  "start_$1"
  load keep-alive 2
  load close 2
  before="$(resident)"
  while [ "$requests" -lt 200000 ]; do
    for case in keep-alive close; do
      load "$case" 2
      read -r rest _ <"$folder/figures"
      requests=$((requests + rest))
    done
  done
  printf 'hour\t%s\t%s\t%s' "$1" "$before" "$(resident)" >>"$folder/results.tsv"
  note "$requests"
  stop_http
}

# --- the load -----------------------------------------------------------------------------------

# Asks for /health so many seconds long, on connections that are kept or with one for each request.
load() {
  local header=()
  [ "$1" = keep-alive ] || header=(-H 'Connection: close')
  FIGURES="$folder/figures" start_process "$folder/wrk.log" wrk -t "$http_threads" -c "$http_clients" \
    -d "$2s" -s "$parts/http.lua" "${header[@]}" "http://127.0.0.1:$http_port/health"
  measured=$started
  wait "$measured" || fail "wrk failed"
  measured=""
}

# The processes of the server that is up: of nginx, master and workers.
http_processes() {
  printf '%s\n' "$http_server"
  ps -o pid= --ppid "$http_server"
}

# Clock ticks, user and system, that the server has used (proc(5), stat).
cpu_ticks() {
  local process total=0 ticks
  for process in $(http_processes); do
    ticks="$(sed 's/.*) //' "/proc/$process/stat" | awk '{ print $12 + $13 }')"
    total=$((total + ticks))
  done
  printf '%s' "$total"
}

cpu_seconds_since() {
  awk -v ticks="$(($(cpu_ticks) - $1))" -v rate="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", ticks / rate }'
}

# Kilobytes that the server holds in memory, without what its processes share.
resident() {
  local process total=0 size
  for process in $(http_processes); do
    size="$(awk '/^Pss:/ { print $2 }' "/proc/$process/smaps_rollup")"
    total=$((total + size))
  done
  printf '%s' "$total"
}

# --- the servers --------------------------------------------------------------------------------

health_answers() {
  curl --noproxy '*' -fsS --max-time 2 -o "$folder/health" "http://127.0.0.1:$http_port/health" 2>/dev/null
}

start_http() {
  start_process "$folder/$1.log" "${@:2}"
  http_server=$started
  wait_until 20 "$http_server" health_answers || fail "$1 does not answer on port $http_port"
}

stop_http() {
  [ -z "$http_server" ] || stop_process "$http_server" 30
  http_server=""
}

# /health touches neither database nor Twilio: both need only be named.
start_twilio-sync() {
  http_port="$(free_port)"
  start_http twilio-sync env CRON_SECRET=not-a-secret-of-anybody DATABASE_URL="host=$folder" \
    TWILIO_ACCOUNT_SID="$account_sid" TWILIO_AUTH_TOKEN="$auth_token" \
    HOST=127.0.0.1 PORT="$http_port" "$programs/twilio-sync" serve
}

# nginx from memory, without access log, returning the very answer of /health; the request's id, which
# twilio-sync makes anew each time, is a constant here.
start_nginx() {
  http_port="$(free_port)"
  {
    printf 'daemon off; pid %s/nginx.pid; worker_processes %s;\n' "$folder" "$http_threads"
    printf 'worker_rlimit_nofile %s; error_log stderr;\n' "$(ulimit -n)"
    printf 'events { worker_connections %s; }\n' "$(ulimit -n)"
    printf 'http { access_log off; server_tokens off; keepalive_requests 1000000000;\n'
    printf 'default_type "%s";\n' "$(sed -n 's/^content-type: //Ip' "$folder/answer")"
    printf 'client_body_temp_path %s/nginx; proxy_temp_path %s/nginx; fastcgi_temp_path %s/nginx;\n' \
      "$folder" "$folder" "$folder"
    printf 'uwsgi_temp_path %s/nginx; scgi_temp_path %s/nginx;\n' "$folder" "$folder"
    printf 'server { listen 127.0.0.1:%s backlog=4096; location = /health {\n' "$http_port"
    cat "$folder/headers"
    printf "return 200 '%s'; } } }\n" "$(cat "$folder/health")"
  } >"$folder/nginx.conf"
  start_http nginx nginx -e stderr -p "$folder" -c "$folder/nginx.conf"
  curl --noproxy '*' -fsSi "http://127.0.0.1:$http_port/health" >"$folder/answer.nginx"
}

# What `serve` answers, as nginx's configuration.
prepare_answer() {
  start_twilio-sync
  curl --noproxy '*' -fsSi "http://127.0.0.1:$http_port/health" | tr -d '\r' >"$folder/answer"
  # The fields that nginx writes by itself are left to it.
  sed -n '2,/^$/p' "$folder/answer" | grep -viE '^(date|content-length|connection|content-type):|^$' |
    sed "s/^\([^:]*\): \(.*\)/add_header \1 \"\2\";/" >"$folder/headers"
  stop_http
}

show_http() {
  printf '%s; wrk %s; %s threads each, %s connections, %s s a run\n\n' "$(nginx -v 2>&1)" \
    "$(wrk -v | awk 'NR == 1 { print $2 }')" "$http_threads" "$http_clients" "$http_seconds"
}
