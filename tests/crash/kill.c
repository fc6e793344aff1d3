/* Preloaded into the program under test: it is killed with SIGKILL at one record of its journal, which is written
 * whole or only in part. Nothing else of it is changed, and what it starts knows nothing of this.
 *
 * WF_KILL_AT is the record's number, WF_KILL_PART how much of its line is written: `whole`, `half` or `none`. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char wanted[32];
static char part[8];

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("WF_KILL_AT"), *how = getenv("WF_KILL_PART");
  if (at && how) {
    snprintf(wanted, sizeof wanted, "\"seq\":%s,", at);
    snprintf(part, sizeof part, "%s", how);
  }
  unsetenv("WF_KILL_AT");
  unsetenv("WF_KILL_PART");
  unsetenv("LD_PRELOAD");
}

static int is_journal(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0)
    return 0;
  path[length] = 0;
  return strstr(path, "/journal.jsonl") != NULL;
}

ssize_t write(int file, const void *bytes, size_t size) {
  if (wanted[0] && memmem(bytes, size < 64 ? size : 64, wanted, strlen(wanted)) && is_journal(file)) {
    size_t most = !strcmp(part, "whole") ? size : !strcmp(part, "half") ? size / 2 : 0;
    for (size_t done = 0; done < most;) {
      ssize_t written = syscall(SYS_write, file, (const char *)bytes + done, most - done);
      if (written < 0)
        break;
      done += (size_t)written;
    }
    kill(getpid(), SIGKILL);
    for (;;)
      pause();
  }
  return syscall(SYS_write, file, bytes, size);
}
