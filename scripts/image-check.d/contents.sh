# shellcheck shell=bash disable=SC2154 # uses the variables of image-check
# What may be in the image: Debian's essentials, what the Dockerfile installs, what these depend on, and
# the program. Sourced by image-check, never run.

# Prints what is installed beyond the essential packages and what they need: a name a line, with a mark
# where nothing that the Dockerfile names needs it either.
additional_packages() {
  # shellcheck disable=SC2016 # dpkg-query expands it
  chroot "$image" dpkg-query -W \
    -f '${Package}\t${Essential}\t${Priority}\t${Pre-Depends},${Depends}\t${Provides}\n' |
    awk -F '\t' -v wanted="$packages" '
      # A package is reached with everything it depends on; of alternatives whatever is installed.
      function reach(name, mark, needs, count, i, list) {
        sub(/^ +/, "", name)
        sub(/[ (:].*/, "", name)
        if (name in provider && !(name in depends)) name = provider[name]
        if (!(name in depends) || (mark, name) in reached) return
        reached[mark, name] = 1
        needs = depends[name]
        gsub(/\|/, ",", needs)
        count = split(needs, list, ",")
        for (i = 1; i <= count; i++) reach(list[i], mark)
      }
      {
        depends[$1] = $4
        # Debian calls required what essential packages cannot do without; minbase adds apt.
        if ($2 == "yes" || $3 == "required" || $1 == "apt") essential[$1] = 1
        count = split($5, list, ",")
        for (i = 1; i <= count; i++) {
          sub(/^ +/, "", list[i])
          sub(/ .*/, "", list[i])
          provider[list[i]] = $1
        }
      }
      END {
        for (name in essential) reach(name, "essential")
        count = split(wanted, list, " ")
        for (i = 1; i <= count; i++) reach(list[i], "wanted")
        for (name in depends) {
          if (("essential", name) in reached) continue
          print name (("wanted", name) in reached ? "" : " (needed by nothing)")
        }
      }' | sort
}

check_packages() {
  local additional
  additional="$(additional_packages)"
  for package in "${package_list[@]}"; do
    # Some are Debian's essentials, as long as this release lasts.
    chroot "$image" dpkg-query -W "$package" >/dev/null || fail "$package is not installed"
  done
  if grep 'needed by nothing' <<<"$additional"; then
    fail "the image holds the packages above, which nothing needs"
  fi
  step "Beyond Debian's essentials: $(tr '\n' ' ' <<<"$additional")"
}

# Compilers, and what somebody who got in would reach for. (Debian's essentials include a shell and perl.)
unwelcome=(
  cc c++ gcc g++ clang tcc as ld make cmake swift swiftc rustc go python3 ruby node php lua
  curl wget nc ncat netcat socat telnet ssh scp rsync ftp gdb strace ltrace tcpdump nmap git psql vi nano
  sudo doas
)

check_tools() {
  local tool found=""
  for tool in "${unwelcome[@]}"; do
    if chroot "$image" sh -c "command -v $tool" >/dev/null; then
      found+=" $tool"
    fi
  done
  [ -z "$found" ] || fail "the image holds$found"
  step "No compiler, and no tool to fetch, trace or script with: ${#unwelcome[@]} names tried"
}

# Does what the Dockerfile does about programs that give their caller another user's rights.
drop_rights() {
  local before command
  before="$(find "$image" -xdev -type f -perm /6000 | wc -l)"
  command="$(sed -n 's/^RUN \(find .*\)/\1/p' <<<"$runtime_stage")"
  [ -n "$command" ] || fail "the Dockerfile no longer takes the setuid bits away"
  chroot "$image" sh -c "$command"
  if find "$image" -xdev -type f -perm /6000 | grep .; then
    fail "the programs above have setuid or setgid bits"
  fi
  step "No program has a setuid or setgid bit ($before had)"
}

check_program() {
  [ -z "$(nm "$programs/twilio-sync" 2>/dev/null)" ] || fail "the program has symbols; it is not stripped"
  # Settings come from the environment at the start; the build knows none, and the stage copies one file.
  if grep -E '^(ENV|ARG|ADD|VOLUME|SHELL)' <<<"$runtime_stage" | grep -vx "ENV $variable" ||
    [ "$(grep -c '^COPY' <<<"$runtime_stage")" -ne 1 ]; then
    fail "the runtime stage holds more than packages and the program"
  fi
}
