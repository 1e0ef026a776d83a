#include "cli/isolate/decoder_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/base/error.h"

extern "C" char** environ;

namespace verger::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Time to load the program's libraries, from a slow disk too.
constexpr std::chrono::seconds kTimeToStart{60};

Failure CannotStart(std::string_view why) {
  return {Exit::kFailed, fmt::format("cannot start a decoder: {}: run without --isolate", why)};
}

Failure CannotStart(std::string_view call, int error) {
  return CannotStart(fmt::format("{}: {}", call, std::strerror(error)));
}

// Above the descriptors of a decoder, which dup2 gives it one after the other.
Descriptor OutOfTheWay(int file) {
  if (file < 0) throw CannotStart("no more files", errno);
  const Descriptor low(file);
  Descriptor high(::fcntl(file, F_DUPFD_CLOEXEC, kMemory + 1));
  if (!high) throw CannotStart("no more files", errno);
  return high;
}

struct Pipe {
  Descriptor reader;
  Descriptor writer;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw CannotStart("pipe", errno);
    Descriptor second(ends[1]);
    reader = OutOfTheWay(ends[0]);
    writer = OutOfTheWay(second.Release());
  }
};

// What the dynamic linker, malloc and the sanitizers read; no credentials.
std::vector<char*> Environment() {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    for (const char* prefix : {"LD_", "GLIBC_TUNABLES=", "MALLOC_", "ASAN_", "UBSAN_", "GCOV_"}) {
      if (variable.starts_with(prefix)) variables.push_back(*entry);
    }
  }
  // Arrow's memory, which a decoder never uses, would start a thread before the sandbox is there.
  static std::string no_thread = "JE_ARROW_MALLOC_CONF=background_thread:false";
  variables.push_back(no_thread.data());
  variables.push_back(nullptr);
  return variables;
}

// The arguments of posix_spawn, freed in the end.
class Spawn {
 public:
  Spawn() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A session of its own: signals of the terminal, such as that of Ctrl-C, are for the program.
    posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGXCPU}) {
      sigaddset(&signals, signal);
    }
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void Pass(int file, int as) { posix_spawn_file_actions_adddup2(&actions_, file, as); }

  // This very program, even if another version was installed since it started.
  pid_t Run(std::vector<std::string> words) {
    posix_spawn_file_actions_addclosefrom_np(&actions_, kMemory + 1);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error = ::posix_spawn(&process, "/proc/self/exe", &actions_, &attributes_,
                                    arguments.data(), Environment().data());
    if (error != 0) throw CannotStart("/proc/self/exe", error);
    return process;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

enum class Wait { kDone, kClosed, kLate };

// Reads all of a message, whatever pieces it comes in.
template <typename Message>
Wait Receive(int file, Clock::time_point deadline, Message& message) {
  auto* to = reinterpret_cast<char*>(&message);
  std::size_t filled = 0;
  while (filled < sizeof(message)) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Wait::kLate;
    struct pollfd waited{file, POLLIN, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, INT32_MAX)));
    if (ready == 0) return Wait::kLate;
    if (ready < 0) {
      if (errno == EINTR) continue;
      return Wait::kClosed;
    }
    const ssize_t got = ::read(file, to + filled, sizeof(message) - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Wait::kClosed;
    filled += static_cast<std::size_t>(got);
  }
  return Wait::kDone;
}

bool Send(int file, const DecodeMessage& message) {
  while (true) {
    const ssize_t written = ::write(file, &message, sizeof(message));
    if (written >= 0 || errno != EINTR) return written == sizeof(message);
  }
}

std::string WhyLate(std::chrono::milliseconds time) {
  return fmt::format("{}: took more than --max-seconds {}", VERGER_DECODER_LATE,
                     static_cast<double>(time.count()) / 1000);
}

}  // namespace

SharedMemory::SharedMemory(std::size_t bytes)
    : file_(OutOfTheWay(::memfd_create("verger-photo", MFD_CLOEXEC | MFD_ALLOW_SEALING))) {
  if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) {
    throw CannotStart("ftruncate", errno);
  }
  (void)::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (memory == MAP_FAILED) throw CannotStart("mmap", errno);
  bytes_ = {static_cast<std::uint8_t*>(memory), bytes};
}

SharedMemory::~SharedMemory() { ::munmap(bytes_.data(), bytes_.size()); }

DecoderProcess::DecoderProcess(const DecoderBudget& budget, std::size_t capacity)
    : budget_(budget), memory_(capacity) {
  Start(capacity);
  Hello hello;
  if (Receive(answers_.get(), Clock::now() + kTimeToStart, hello) != Wait::kDone) {
    throw CannotStart(End());
  }
  hello.version.back() = '\0';
  if (std::string_view(hello.version.data()) != verger_version()) {
    End();
    throw CannotStart("its library has another version");
  }
  layers_ = hello.layers;
}

void DecoderProcess::Start(std::size_t capacity) {
  Pipe requests;
  Pipe answers;
  Spawn spawn;
  spawn.Pass(answers.writer.get(), kAnswers);
  spawn.Pass(requests.reader.get(), kRequests);
  spawn.Pass(memory_.file(), kMemory);
  process_ = spawn.Run(
      {"verger", kDecoderCommand, std::to_string(capacity), std::to_string(budget_.bytes)});
  requests_ = std::move(requests.writer);
  answers_ = std::move(answers.reader);
}

DecoderProcess::~DecoderProcess() { End(); }

// Ends the process and returns why it had died, if it had.
std::string DecoderProcess::End() {
  if (process_ < 0) return "";
  // Changes nothing about one that is dying already.
  ::kill(process_, SIGKILL);
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(process_, &status, 0);
  } while (ended < 0 && errno == EINTR);
  process_ = -1;
  if (ended < 0) return "decoder died";  // where SIGCHLD is ignored, nobody learns why
  if (WIFEXITED(status)) return fmt::format("decoder died: exit code {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  if (signal == SIGKILL) {
    return fmt::format("{}: by the system, which may be out of memory, or by a user",
                       VERGER_DECODER_KILLED);
  }
  if (signal == SIGXCPU) return WhyLate(budget_.time);
  const char* const name = ::sigdescr_np(signal);
  return fmt::format("decoder died: signal {} ({})", signal, name != nullptr ? name : "unknown");
}

// Kills a decoder that computes for too long even if this program is gone. Its own filter forbids
// it to change this.
void DecoderProcess::LimitProcessorTime() const {
  clockid_t clock{};
  struct timespec used{};
  struct rlimit limit{};
  if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &used) != 0 ||
      ::prlimit(process_, RLIMIT_CPU, nullptr, &limit) != 0) {
    return;
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(budget_.time).count();
  limit.rlim_cur = std::min<rlim_t>(static_cast<rlim_t>(used.tv_sec + seconds + 1), limit.rlim_max);
  ::prlimit(process_, RLIMIT_CPU, &limit, nullptr);
}

DecodeOutcome DecoderProcess::Decode(const verger_decode_request& request,
                                     std::span<std::uint8_t> pixels) {
  DecodeMessage message{.number = ++requested_,
                        .photo_bytes = request.photo.size,
                        .pixel_bytes = pixels.size(),
                        .max_pixels = request.max_pixels,
                        .max_bytes = request.max_bytes,
                        .width = request.width,
                        .height = request.height};
  const std::string_view preset(request.preset);
  if (preset.size() >= message.preset.size()) {
    throw Failure(Exit::kFailed, fmt::format("--isolate: the preset is too long: {}", preset));
  }
  std::ranges::copy(preset, message.preset.begin());
  std::copy_n(request.photo.data, request.photo.size,
              memory_.bytes().data() + PhotoOffset(pixels.size()));
  LimitProcessorTime();
  DecodeOutcome outcome;
  const Clock::time_point deadline = Clock::now() + budget_.time;
  const Wait waited = Send(requests_.get(), message)
                          ? Receive(answers_.get(), deadline, outcome.answer)
                          : Wait::kClosed;
  const Answer& answer = outcome.answer;
  if (waited == Wait::kDone && answer.status == VERGER_OK && answer.number == message.number) {
    std::memcpy(pixels.data(), memory_.bytes().data(), pixels.size());
    return outcome;
  }
  outcome.died = true;
  outcome.why_died = End();
  if (waited == Wait::kLate) outcome.why_died = WhyLate(budget_.time);
  if (waited == Wait::kDone) {
    outcome.why_died = fmt::format(
        "decoder failed: {}",
        std::string_view(answer.error.message,
                         ::strnlen(answer.error.message, sizeof(answer.error.message))));
  }
  return outcome;
}

}  // namespace verger::cli
