# shellcheck shell=bash disable=SC2154 # shares variables with what sources it
# The lines for proxies in Deployment.md. Sourced, never run.

proxy=""

# A block of the page in a language, with the running service's address.
proxy_lines() {
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$repository/Sources/Bootstrap/Documentation.docc/Deployment.md" |
    sed -e '/^```/d' -e "s/10\.0\.0\.5:3093/127.0.0.1:$port/"
}

proxy_lets_through() {
  curl --noproxy '*' -fsS --max-time 5 -o /dev/null "http://127.0.0.1:$proxy_port/health" 2>/dev/null
}

# HAProxy asks by itself whether the service is there, and answers 503 until it has heard so.
start_haproxy() {
  proxy_port="$(free_port)"
  {
    printf '%s\n' defaults '  mode http' '  timeout connect 5s' '  timeout client 60s' '  timeout server 60s' \
      'frontend all' "  bind 127.0.0.1:$proxy_port" '  default_backend twilio-sync'
    "$@"
  } >"$folder/haproxy.cfg"
  check HAProxy haproxy -c -f "$folder/haproxy.cfg"
  start_process "$folder/haproxy.log" haproxy -db -f "$folder/haproxy.cfg"
  proxy=$started
}

haproxy_default_check() {
  proxy_lines haproxy | sed -e '/http-check/d' -e 's/inter 10s/inter 100ms fall 1/'
}

haproxy_says_down() {
  grep -q 'is DOWN.*code: 401' "$folder/haproxy.log"
}

check_proxies() {
  PATH="$PATH:/usr/sbin"
  step "Proxies: nginx's lines, and HAProxy before the service"
  # Its first guess is that the service is there.
  start_haproxy haproxy_default_check
  wait_until 10 "$proxy" haproxy_says_down || fail "HAProxy's own check is not refused with 401"
  stop_process "$proxy" 5
  start_haproxy proxy_lines haproxy
  wait_until 10 "$proxy" proxy_lets_through || fail "HAProxy lets nothing through"
  stop_process "$proxy" 5
  proxy=""
  grep -q 'is DOWN' "$folder/haproxy.log" && fail "HAProxy takes the service for down: $(cat "$folder/haproxy.log")"
  printf 'pid %s;\nevents {}\nhttp {\naccess_log off;\n%s\n}\n' "$folder/nginx.pid" "$(proxy_lines nginx)" \
    >"$folder/nginx.conf"
  check nginx nginx -t -e "$folder/nginx.log" -c "$folder/nginx.conf"
  note "HAProxy's own check is refused with 401; with the page's lines it lets requests through"
}
