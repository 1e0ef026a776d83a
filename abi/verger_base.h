/* verger_base.h: types and functions of all subjects. Part of verger.h, whose rules hold. */
#ifndef VERGER_BASE_H_
#define VERGER_BASE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VERGER_EXPORT __attribute__((visibility("default")))
#else
#define VERGER_EXPORT
#endif

/* The Arrow C data interface, as its specification lays it out. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* The result of a call; errors are grouped by their origin. */
typedef enum verger_status {
  VERGER_OK = 0,
  /* the call's */
  VERGER_BAD_CALL = 1,
  VERGER_INTERNAL = 2,
  /* the data's */
  VERGER_BAD_MODEL = 10,
  VERGER_BAD_FEATURES = 11,
  VERGER_BAD_OUTPUT = 12, /* a file of an output is damaged */
  VERGER_NOT_OURS = 13,   /* an output contains files that verger did not write */
  VERGER_IN_USE = 14,     /* another run writes to the output */
  VERGER_REFUSED = 15,    /* a bucket is in a region that is not allowed */
  /* the caller's */
  VERGER_STOPPED = 16 /* the caller's progress stopped the call */
} verger_status;

typedef struct verger_error {
  char message[1024]; /* UTF-8, ends with 0, cut if longer */
} verger_error;

/* Bytes that a call returns; free them with verger_bytes_free. */
typedef struct verger_bytes {
  const uint8_t* data;
  size_t size;
} verger_bytes;

/* Text that a call borrows: UTF-8, not terminated by 0. */
typedef struct verger_text {
  const char* data;
  size_t size;
} verger_text;

/* The version of the library, e.g. "1.2.3". Static. */
VERGER_EXPORT const char* verger_version(void);

/* Writes the SHA-256 of `data` as 64 hexadecimal digits and a 0. Safe from many threads. */
VERGER_EXPORT void verger_sha256(const void* data, size_t size, char hex[65]);

VERGER_EXPORT void verger_bytes_free(verger_bytes bytes);

/* Reports the progress of a long call. The calling thread calls `step` repeatedly; a result other
 * than 0 stops the call, which then returns VERGER_STOPPED. */
typedef struct verger_progress {
  int32_t (*step)(void* user, int64_t done, int64_t total);
  void* user;
} verger_progress;

/* ---- processors ----------------------------------------------------------------------------
 *
 * How many threads a process can run at a time, limited by its affinity and by the quotas of its
 * cgroups. The caller reads the files. */

/* Returns the folders of the process's cgroups and of their ancestors, one per line. `cgroups` and
 * `mounts`: the texts of /proc/self/cgroup and /proc/self/mountinfo. */
VERGER_EXPORT verger_status verger_cgroup_folders(verger_text cgroups, verger_text mounts,
                                                  verger_bytes* folders, verger_error* error);

/* Returns the number of usable threads, from 1 to `affinity`, the number of processors that the
 * process may run on. `quotas`: for each folder with a quota, the text of cpu.max (cgroups v2), or
 * of cpu.cfs_quota_us followed by cpu.cfs_period_us (v1), all separated by white space. */
VERGER_EXPORT int32_t verger_usable_threads(int32_t affinity, verger_text quotas);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_BASE_H_ */
