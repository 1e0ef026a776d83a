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

void check_failure(verger_status status, verger_status wanted, verger_error* error,
                   const char* part, const char* what, const char* file, int line) {
  ++checks_made;
  if (status != wanted || (wanted != VERGER_OK && strstr(error->message, part) == NULL)) {
    ++checks_failed;
    fprintf(stderr, "%s:%d: failed: %s\n  status %d where %d is wanted, message '%s'\n", file, line,
            what, (int)status, (int)wanted, error->message);
  }
  error->message[0] = '\0';
}
