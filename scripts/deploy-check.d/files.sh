# shellcheck shell=bash disable=SC2034,SC2154 # shares variables with what sources it
# What can be checked without a running service. Sourced, never run.

postgresql_version() {
  basename "$(dirname "$(postgresql_folder)")"
}

# A package that brings an extension to PostgreSQL, unless its control file is there.
install_module() {
  [ -e "/usr/share/postgresql/$(postgresql_version)/extension/$2" ] && return
  missing=("$1")
  step "Installing $1"
  apt_get update
  apt_get install --no-install-recommends "$1"
}

# Runs a check and shows what it said only when it failed.
check() {
  local name="$1"
  shift
  "$@" >"$folder/check.log" 2>&1 || fail "$name: $* failed"
}

check_prometheus_files() {
  step "Prometheus: configuration, rules and their tests (promtool $(promtool_version))"
  mkdir "$folder/prometheus"
  cp "$deploy/prometheus.yml" "$deploy/alerts.yml" "$deploy/alerts.test.yml" "$folder/prometheus"
  # promtool looks whether the file with the secret is there.
  (umask 077 && new_secret >"$folder/prometheus/twilio-sync-token")
  (
    cd "$folder/prometheus" || exit
    check prometheus.yml promtool check config prometheus.yml
    check alerts.yml promtool check rules alerts.yml
    check alerts.test.yml promtool test rules alerts.test.yml
  )
  note "$(grep -c -- '- alert: ' "$deploy/alerts.yml") rules," \
    "$(grep -c 'eval_time:' "$deploy/alerts.test.yml") moments tested"
}

promtool_version() {
  promtool --version 2>&1 | sed -n 's/^promtool, version \([^ ]*\).*/\1/p'
}

new_secret() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

note() {
  printf '  %s\n' "$*"
}

# systemd-analyze looks whether the program is there; it is not installed on this machine.
check_systemd_units() {
  local unit
  command -v systemd-analyze >/dev/null || fail "this machine has no systemd-analyze; install what Debian calls systemd"
  step "systemd: systemd-analyze verify and security ($(systemd-analyze --version | head -n 1))"
  mkdir "$folder/systemd"
  cp "$deploy"/*.timer "$folder/systemd"
  for unit in "$deploy"/*.service; do
    sed "s|^ExecStart=/usr/local/bin/twilio-sync|ExecStart=$(command -v true)|" "$unit" \
      >"$folder/systemd/$(basename "$unit")"
  done
  systemd-analyze verify --man=no "$folder"/systemd/* >"$folder/check.log" 2>&1 ||
    fail "systemd-analyze verify found faults"
  [ ! -s "$folder/check.log" ] || fail "systemd-analyze verify warns: $(cat "$folder/check.log")"
  for unit in "$folder"/systemd/*.service; do
    # From 0.0, nothing to be had, to 10.0, everything.
    check "$(basename "$unit")" systemd-analyze security --offline=true --threshold=20 "$unit"
    note "$(tail -n 1 "$folder/check.log" | sed 's/^[^A-Za-z]*//')"
  done
}

check_kubernetes_manifests() {
  step "Kubernetes: the published schema (kubernetes-validate)"
  if ! python3 -m venv "$folder/python" >/dev/null 2>&1; then
    rm -rf "$folder/python"
    missing=(python3-venv)
    step "Installing python3-venv"
    apt_get update
    apt_get install --no-install-recommends python3-venv
    check python3-venv python3 -m venv "$folder/python"
  fi
  check kubernetes-validate "$folder/python/bin/pip" install --quiet kubernetes-validate
  check kubernetes.yml "$folder/python/bin/kubernetes-validate" --strict "$deploy/kubernetes.yml"
  sed -n 's/^INFO [^ ]* passed for resource \(.*\)/  \1/p' "$folder/check.log"
}
