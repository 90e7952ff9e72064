// What the toolchain's Glibc module leaves out of the C library, or has only with raw pointers: epoll(7),
// mallopt(3), prctl(2) and setrlimit(2). Empty elsewhere.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
#ifdef __linux__

#include <malloc.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// EPOLLET is 1 << 31, which Swift does not import as a number.
static const uint32_t clinux_edge_triggered = (uint32_t)EPOLLET;

// Enumerators, imported as a type of their own, as the plain numbers that `events` holds.
static const uint32_t clinux_readable = EPOLLIN;
static const uint32_t clinux_writable = EPOLLOUT;
static const uint32_t clinux_error = EPOLLERR;
static const uint32_t clinux_hang_up = EPOLLHUP;
static const uint32_t clinux_input_end = EPOLLRDHUP;
static const int32_t clinux_close_on_exec = EPOLL_CLOEXEC;

// How many heaps the threads of the process share.
static inline int clinux_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }

// No core dump, neither to a file nor to a program, and no look into this process by others of its user.
static inline void clinux_forbid_dumps(void) {
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
#endif
