#include "cli/isolate/seccomp.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "cli/isolate/messages.h"

namespace verger::cli {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "add the AUDIT_ARCH of this processor"
#endif

// A condition on an argument's lower 32 bits, all that the kernel reads of descriptors and flags.
struct Condition {
  int argument;
  std::uint32_t mask;
  std::uint32_t value;
};

constexpr Condition Is(int argument, std::uint32_t value) { return {argument, 0xFFFFFFFF, value}; }
constexpr Condition Without(int argument, std::uint32_t bits) { return {argument, bits, 0}; }
constexpr Condition With(int argument, std::uint32_t bits) { return {argument, bits, bits}; }

class Filter {
 public:
  Filter() {
    Add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    AddJump(kArchitecture, 1, 0);
    Add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    Add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
  }

  // One that no rule fits to is refused, the 32-bit calls of an x86-64 among them.
  void Allow(long call, std::initializer_list<Condition> conditions = {}) {
    // Per condition a load, a mask and a jump; then allowed, or else killed.
    const auto length = static_cast<std::uint8_t>(3 * conditions.size() + 2);
    AddJump(static_cast<std::uint32_t>(call), 0, length);
    auto left = static_cast<std::uint8_t>(length - 1);  // instructions to the last one
    for (const Condition& condition : conditions) {
      // Little-endian: the lower half comes first.
      Add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offsetof(seccomp_data, args)) +
                                        8 * static_cast<std::uint32_t>(condition.argument));
      Add(BPF_ALU | BPF_AND | BPF_K, condition.mask);
      left = static_cast<std::uint8_t>(left - 3);
      AddJump(condition.value, 0, left);
    }
    Add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    Add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  }

  int Install() {
    Add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    const long result =
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result == 0) return 0;
    return result < 0 ? errno : EBUSY;  // EBUSY: another thread has a filter of its own
  }

 private:
  void Add(int code, std::uint32_t value) {
    code_.push_back({static_cast<std::uint16_t>(code), 0, 0, value});
  }
  void AddJump(std::uint32_t value, std::uint8_t if_equal, std::uint8_t otherwise) {
    code_.push_back({BPF_JMP | BPF_JEQ | BPF_K, if_equal, otherwise, value});
  }

  std::vector<sock_filter> code_;
};

}  // namespace

int RestrictSystemCalls() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  constexpr std::uint32_t kNewFlags = MAP_PRIVATE | MAP_ANONYMOUS;
  const auto self = static_cast<std::uint32_t>(::getpid());
  Filter filter;
  // Those of each photo first: the filter runs from top to bottom.
  filter.Allow(SYS_read, {Is(0, kRequests)});
  static_assert(STDERR_FILENO == 2 && kAnswers == 3);
  filter.Allow(SYS_write, {{0, ~std::uint32_t{1}, 2}});  // 2 or 3
  filter.Allow(SYS_mmap, {Without(2, PROT_EXEC), With(3, kNewFlags)});
  filter.Allow(SYS_munmap);
  filter.Allow(SYS_madvise);
  filter.Allow(SYS_brk);
  filter.Allow(SYS_mremap);
  filter.Allow(SYS_mprotect, {Without(2, PROT_EXEC)});
  filter.Allow(SYS_futex);
  filter.Allow(SYS_clock_gettime);
  filter.Allow(SYS_getrandom);
  filter.Allow(SYS_restart_syscall);
  filter.Allow(SYS_rt_sigreturn);
  filter.Allow(SYS_exit);
  filter.Allow(SYS_exit_group);
  // abort(), whose message is for stderr
  filter.Allow(SYS_writev, {Is(0, STDERR_FILENO)});
  filter.Allow(SYS_rt_sigprocmask);
  filter.Allow(SYS_getpid);
  filter.Allow(SYS_gettid);
  filter.Allow(SYS_tgkill, {Is(0, self)});
  // How a thread begins: a library may start one while it is loaded (Arrow's allocator does), which
  // then runs for the first time behind the filter.
  filter.Allow(SYS_rseq);
  filter.Allow(SYS_set_robust_list);
  filter.Allow(SYS_prctl, {Is(0, PR_SET_NAME)});
  return filter.Install();
}

}  // namespace verger::cli
