/* What a photo could make libwebp do: preloaded by test_isolate.py, this WebPDecode does what the
 * width of a photo asks for, and then what it should. -DNO_SECCOMP and -DNO_LANDLOCK: as on a
 * kernel without them. -DLATE_THREAD: a library whose thread begins behind the filter. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { OUT_OF_MEMORY = 1, BITSTREAM_ERROR = 3 }; /* of VP8StatusCode */

int WebPGetInfo(const uint8_t* data, size_t size, int* width, int* height);

static int dies_next;

static int Misbehave(int width) {
  switch (width) {
    case 101:
      *(volatile int*)8 = 1;
      break;
    case 102:
      while (getpid() > 0) {
      }
      break;
    case 103:
      return open("/etc/passwd", O_RDONLY) >= 0 ? BITSTREAM_ERROR : 0;
    case 104:
      return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? BITSTREAM_ERROR : 0;
    case 105:
      execl("/bin/true", "true", (char*)NULL);
      break;
    case 106:
      return fork() >= 0 ? BITSTREAM_ERROR : 0;
    case 107:
      return kill(getppid(), SIGTERM) == 0 ? BITSTREAM_ERROR : 0;
    case 108:
      return mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                     MAP_FAILED
                 ? BITSTREAM_ERROR
                 : 0;
    case 109:
      return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? BITSTREAM_ERROR : 0;
    case 110: {
      const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
      return setrlimit(RLIMIT_CPU, &more) == 0 ? BITSTREAM_ERROR : 0;
    }
    case 111:
      return write(STDIN_FILENO, "", 1) == 1 ? BITSTREAM_ERROR : 0;
    case 112: /* ends well, but does harm to what comes next */
      dies_next = 1;
      break;
    case 113:
      raise(SIGKILL); /* as the kernel does where memory is short */
      break;
    case 114:
      abort();
    case 115:
      /* Only to be sure of what is not there: returning an error makes it a reject. */
      return getenv("AWS_SECRET_ACCESS_KEY") != NULL ? BITSTREAM_ERROR : 0;
    case 116: {
      void* const memory = malloc((size_t)8 << 30);
      if (memory == NULL) return OUT_OF_MEMORY;
      free(memory);
      break;
    }
    case 117:
      return mkdir("/tmp/verger-was-here", 0700) == 0 || errno != EACCES ? BITSTREAM_ERROR : 0;
    default:
      break;
  }
  return 0;
}

int WebPDecode(const uint8_t* data, size_t size, void* config) {
  int (*const decode)(const uint8_t*, size_t, void*) =
      (int (*)(const uint8_t*, size_t, void*))dlsym(RTLD_NEXT, "WebPDecode");
  int width = 0;
  int height = 0;
  if (dies_next) abort();
  if (WebPGetInfo(data, size, &width, &height) != 0) {
    const int status = Misbehave(width);
    if (status != 0) return status;
  }
  return decode(data, size, config);
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long);
  va_end(list);
  int absent = 0;
#ifdef NO_SECCOMP
  absent |= number == SYS_seccomp;
#endif
#ifdef NO_LANDLOCK
  absent |= number == 444;
#endif
  if (absent) {
    errno = ENOSYS;
    return -1;
  }
  long (*const call)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  return call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#ifdef LATE_THREAD
/* The calls by which the C library begins a thread, a second late or two. */
static void* Begin(void* unused) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  for (const time_t end = now.tv_sec + 1; now.tv_sec <= end;) clock_gettime(CLOCK_MONOTONIC, &now);
  syscall(SYS_rseq, NULL, 0, 0, 0);
  syscall(SYS_set_robust_list, NULL, 0);
  prctl(PR_SET_NAME, "late");
  return unused;
}

__attribute__((constructor)) static void StartThread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, Begin, NULL) == 0) pthread_detach(thread);
}
#endif
