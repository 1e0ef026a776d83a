#include "cli/isolate/landlock.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "cli/base/files.h"

namespace verger::cli {
namespace {

// The same on all processors; the headers of Debian 12 have the first of them alone.
constexpr long kCreateRuleset = 444;
constexpr long kRestrictSelf = 446;
constexpr unsigned kVersion = 1;  // the flag that asks for it

// struct landlock_ruleset_attr of version 6. Rights that are named here and granted by no rule are
// refused.
struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;  // since version 4
  std::uint64_t scopes;   // since version 6
};

// The rights over files of each version: bits 0 to 12, then one more in 2 (refer), 3 (truncate) and
// 5 (ioctl of a device).
constexpr std::array<int, 6> kFileRights = {0, 13, 14, 15, 15, 16};
constexpr std::uint64_t kBindAndConnect = 3;
constexpr std::uint64_t kSocketsAndSignals = 3;

}  // namespace

int RestrictFiles() {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kVersion);
  if (version <= 0) return version < 0 ? errno : ENOSYS;
  const std::size_t known = static_cast<std::size_t>(version) < kFileRights.size()
                                ? static_cast<std::size_t>(version)
                                : kFileRights.size() - 1;
  Ruleset ruleset{(std::uint64_t{1} << kFileRights[known]) - 1, 0, 0};
  std::size_t size = offsetof(Ruleset, network);
  if (version >= 4) {
    ruleset.network = kBindAndConnect;
    size = offsetof(Ruleset, scopes);
  }
  if (version >= 6) {
    ruleset.scopes = kSocketsAndSignals;
    size = sizeof(ruleset);
  }
  const Descriptor rules(static_cast<int>(::syscall(kCreateRuleset, &ruleset, size, 0)));
  if (!rules) return errno;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return ::syscall(kRestrictSelf, rules.get(), 0) == 0 ? 0 : errno;
}

}  // namespace verger::cli
