/* failing_memory.c: for LD_PRELOAD: memory that runs out where a test says.
 *
 * VERGER_FAILING_MEMORY names a file of at least sizeof(struct control) bytes, which the test maps
 * as well: tests/faults/memory.py. Without the variable nothing fails.
 *
 * An allocation counts if a library of VERGER_MEMORY_OWNERS (starts of file names, parted by
 * colons) asked for it: the first one up the stack that is not the C or C++ library. So what
 * std::string takes for us is ours, and what an engine takes on its own threads is not. Two of them
 * are the same site if the calls that led to them are the same.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

enum { kMostCalls = 14, kMostSites = 1 << 17, kNameBytes = 64 };

enum mode { kOff, kCountdown, kSite, kList };

struct control {
  _Atomic uint64_t mode;
  _Atomic uint64_t countdown; /* so many pass, then one fails: of all, or in kSite of that site */
  _Atomic uint64_t site;
  _Atomic uint64_t for_good; /* whether every later one fails too, */
  _Atomic int64_t spare;     /* but for so many bytes, which the program gave back at the first */
  _Atomic uint64_t counted;
  _Atomic uint64_t failed;
};

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static struct control* control;
static const char* owners = "";
static int list_file = -1; /* a line for each site, or for the one that fails */
static _Atomic uint64_t listed[kMostSites];
static __thread int inside __attribute__((tls_model("initial-exec")));

struct walk {
  const char* own; /* where this library begins */
  int calls;       /* taken down so far, from the owner on */
  int is_ours;
  uint64_t site;
  struct {
    const char* library;
    uint64_t offset;
  } stack[kMostCalls];
};

static int starts_with_one_of(const char* name, const char* list) {
  while (*list != '\0') {
    const size_t length = strcspn(list, ":");
    if (length > 0 && strncmp(name, list, length) == 0) return 1;
    list += length + (list[length] == ':');
  }
  return 0;
}

static uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x100000001b3u; }

static _Unwind_Reason_Code step(struct _Unwind_Context* context, void* argument) {
  struct walk* walk = argument;
  const uintptr_t address = _Unwind_GetIP(context);
  struct dl_find_object object;
  if (address == 0 || _dl_find_object((void*)(address - 1), &object) != 0) {
    return walk->calls == 0 ? _URC_NO_REASON : _URC_END_OF_STACK;
  }
  if (object.dlfo_map_start == walk->own) return _URC_NO_REASON;
  const char* path = object.dlfo_link_map->l_name;
  const char* slash = strrchr(path, '/');
  const char* library = *path == '\0' ? "verger" : slash != NULL ? slash + 1 : path;
  if (walk->calls == 0) {
    if (starts_with_one_of(library, "libc.so:libstdc++:libgcc_s:ld-linux:libm.so")) {
      return _URC_NO_REASON;
    }
    if (!starts_with_one_of(library, owners)) return _URC_END_OF_STACK;
    walk->is_ours = 1;
  }
  const uint64_t offset = address - (uintptr_t)object.dlfo_map_start;
  walk->stack[walk->calls].library = library;
  walk->stack[walk->calls].offset = offset;
  for (const char* c = library; *c != '\0'; ++c) walk->site = mix(walk->site, (unsigned char)*c);
  walk->site = mix(walk->site, offset);
  return ++walk->calls == kMostCalls ? _URC_END_OF_STACK : _URC_NO_REASON;
}

/* Whether the site is on the list; puts it there. */
static int is_listed(uint64_t site) {
  for (size_t at = site % kMostSites;; at = (at + 1) % kMostSites) {
    uint64_t there = 0;
    if (atomic_compare_exchange_strong(&listed[at], &there, site)) return 0;
    if (there == site) return 1;
  }
}

static void list(const struct walk* walk) {
  char line[kMostCalls * (kNameBytes + 20) + 20];
  int length = snprintf(line, sizeof(line), "%016lx", (unsigned long)walk->site);
  for (int call = 0; call < walk->calls; ++call) {
    length += snprintf(line + length, sizeof(line) - (size_t)length, " %.*s+0x%lx", kNameBytes,
                       walk->stack[call].library, (unsigned long)walk->stack[call].offset);
  }
  line[length] = '\n';
  if (write(list_file, line, (size_t)length + 1) < 0) return;
}

/* Whether the allocation of so many bytes that is asked for must fail. */
static int fails(size_t size) {
  if (control == NULL || inside) return 0;
  const uint64_t mode = atomic_load_explicit(&control->mode, memory_order_relaxed);
  if (mode == kOff) return 0;
  const int error = errno;
  inside = 1;
  struct walk walk = {.own = (const char*)control, .site = 0xcbf29ce484222325u};
  struct dl_find_object here;
  if (_dl_find_object((void*)&fails, &here) == 0) walk.own = here.dlfo_map_start;
  _Unwind_Backtrace(step, &walk);
  int failing = 0;
  if (walk.is_ours) {
    atomic_fetch_add(&control->counted, 1);
    if (atomic_load(&control->failed) > 0) {
      failing = atomic_load(&control->for_good) != 0 &&
                atomic_fetch_sub(&control->spare, (int64_t)size) < (int64_t)size;
    } else if (mode == kList) {
      if (!is_listed(walk.site)) list(&walk);
    } else if (mode == kCountdown || walk.site == atomic_load(&control->site)) {
      failing = atomic_fetch_sub(&control->countdown, 1) == 0;
    }
    if (failing && atomic_fetch_add(&control->failed, 1) == 0) list(&walk);
  }
  inside = 0;
  errno = failing ? ENOMEM : error;
  return failing;
}

__attribute__((constructor)) static void begin(void) {
  const char* path = getenv("VERGER_FAILING_MEMORY");
  if (path == NULL) return;
  const char* names = getenv("VERGER_MEMORY_OWNERS");
  if (names != NULL) owners = names;
  const char* sites = getenv("VERGER_MEMORY_SITES");
  if (sites != NULL) list_file = open(sites, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int file = open(path, O_RDWR | O_CLOEXEC);
  void* page =
      file < 0 ? MAP_FAILED
               : mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) {
    fprintf(stderr, "failing_memory: cannot map %s: %s\n", path, strerror(errno));
    abort();
  }
  close(file);
  control = page;
}

void* malloc(size_t size) { return fails(size) ? NULL : __libc_malloc(size); }

void* calloc(size_t count, size_t size) {
  return fails(count * size) ? NULL : __libc_calloc(count, size);
}

void* realloc(void* block, size_t size) { return fails(size) ? NULL : __libc_realloc(block, size); }

void* memalign(size_t alignment, size_t size) {
  return fails(size) ? NULL : __libc_memalign(alignment, size);
}

void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, size_t alignment, size_t size) {
  void* memory = memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *block = memory;
  return 0;
}
