/* Debian's libhdf5.a is compiled for programs: its code reaches stdout and stderr as if they lay in
 * the same file, which the linker refuses in a shared library. So in the wheel's they do: the
 * linker's --wrap leads every use of them to the two variables here. */
#include <stdio.h>

extern FILE* __real_stdout;
extern FILE* __real_stderr;
FILE* __wrap_stdout;
FILE* __wrap_stderr;

__attribute__((constructor)) static void SetStreams(void) {
  __wrap_stdout = __real_stdout;
  __wrap_stderr = __real_stderr;
}
