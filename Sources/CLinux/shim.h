// What the toolchain's Glibc module leaves out of the C library: epoll(7) and mallopt(3). Empty elsewhere.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
#ifdef __linux__

#include <malloc.h>
#include <stdint.h>
#include <sys/epoll.h>

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

#endif
#endif
