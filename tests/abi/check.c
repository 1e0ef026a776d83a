#include "tests/abi/check.h"

#include <stdio.h>
#include <string.h>

int checks_made = 0;
int checks_failed = 0;

void check(bool condition, const char* what, const char* file, int line) {
  ++checks_made;
  if (condition) return;
  ++checks_failed;
  fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

void check_failure(verger_status status, verger_status expected, verger_error* error,
                   const char* part, const char* what, const char* file, int line) {
  ++checks_made;
  if (status != expected || (expected != VERGER_OK && strstr(error->message, part) == NULL)) {
    ++checks_failed;
    fprintf(stderr, "%s:%d: failed: %s\n  status %d where %d is expected, message '%s'\n", file,
            line, what, (int)status, (int)expected, error->message);
  }
  error->message[0] = '\0';
}
