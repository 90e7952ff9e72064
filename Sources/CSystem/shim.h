// What Swift's modules of the C library leave out, or have with raw pointers only.
#ifndef CSYSTEM_SHIM_H
#define CSYSTEM_SHIM_H

#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Some systems declare it as an enumeration, which Swift imports as a type of its own.
static const int csystem_stream_socket = SOCK_STREAM;

// For send(2): no SIGPIPE. Darwin has a socket option instead.
#ifdef __linux__
static const int csystem_send_flags = MSG_NOSIGNAL;
#else
static const int csystem_send_flags = 0;
#endif

// How many descriptors this process may have open.
static inline int csystem_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}

// Takes the variable out of the environment that tells TLS libraries where to write their keys.
static inline void csystem_unset_key_log(void) { unsetenv("SSLKEYLOGFILE"); }

// Seconds since 1970 by the wall clock.
static inline int64_t csystem_unix_seconds(void) { return time(NULL); }

// The columns of the terminal behind a descriptor as they are now; 0 when they are not known, -1 when
// it is no terminal.
static inline int csystem_terminal_columns(int descriptor) {
  struct winsize size;
  if (!isatty(descriptor)) return -1;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// Whether the process was started so that the terminal's end does not end it, as nohup(1) does.
static inline int csystem_ignores_hang_up(void) {
  struct sigaction action;
  return sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

#ifdef __linux__

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

// EPOLLET is 1 << 31, which Swift does not import as a number; the others are enumerators, which it imports
// as a type of their own. Here all are what `events` of an epoll_event holds.
static const uint32_t csystem_edge_triggered = (uint32_t)EPOLLET;
static const uint32_t csystem_readable = EPOLLIN;
static const uint32_t csystem_writable = EPOLLOUT;
static const uint32_t csystem_error = EPOLLERR;
static const uint32_t csystem_hang_up = EPOLLHUP;
static const uint32_t csystem_input_end = EPOLLRDHUP;
static const int csystem_close_on_exec = EPOLL_CLOEXEC;

// How many heaps the threads of the process share, mallopt(3).
static inline int csystem_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }

// No core dump, neither to a file nor to a program, and no look into this process by others of its user.
static inline void csystem_forbid_dumps(void) {
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
#endif
