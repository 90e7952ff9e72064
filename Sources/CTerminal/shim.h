#ifndef CTERMINAL_SHIM_H
#define CTERMINAL_SHIM_H

#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

// The columns of the terminal behind a descriptor as they are now; 0 when they are not known, -1 when
// it is no terminal.
static inline int terminal_columns(int descriptor) {
  struct winsize size;
  if (!isatty(descriptor)) return -1;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// Whether the process was started so that the terminal's end does not end it, as nohup(1) does.
static inline int terminal_ignores_hang_up(void) {
  struct sigaction action;
  return sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

#endif
