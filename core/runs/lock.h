// lock.h: the lock of an output in a bucket: an object that identifies the run that writes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace verger {

// A run renews its lock that often; one that was not renewed for kLockStaleSeconds belongs to a run
// that was killed. This is more than the difference of clocks: S3 refuses requests above a quarter
// of an hour.
inline constexpr std::int32_t kLockRenewSeconds = 60;
inline constexpr std::int32_t kLockStaleSeconds = 20 * 60;

// Between a put of the lock and a look at it, where the server does not keep a second put out: a
// rival who looked before has put its own by then.
inline constexpr std::int32_t kLockPauseMillis = 1000;

// A process, where its number means that process and no other.
struct LockHolder {
  std::string_view host;   // a machine since it was started, and its numbering of processes
  std::int64_t process;    // its number there
  std::string_view start;  // when it began, as the system counts: numbers are used again
};

// The object's bytes. `token` is random: no two documents are the same.
std::string LockDocument(std::string_view token, const LockHolder& holder);

// The number of the process on `host` that wrote `document`; 0 if it was written elsewhere or that
// is unknown: then only its age decides.
std::int64_t LockProcess(std::string_view document, std::string_view host);

// Whether the run that wrote `document` is known to be gone, so that its lock may be taken over.
//
// `start_seen`: when process LockProcess() began; "" if that cannot be seen, because there is no
// such process or because it is hidden (/proc mounted with hidepid).
// `process_exists`: whether the system knows the process, hidden or not.
bool LockIsGone(std::string_view document, std::string_view host, std::string_view start_seen,
                bool process_exists, std::int64_t age_seconds);

}  // namespace verger
