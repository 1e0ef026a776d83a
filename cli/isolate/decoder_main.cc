#include "cli/isolate/decoder_main.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "abi/verger.h"
#include "cli/isolate/messages.h"
#include "cli/isolate/sandbox.h"

namespace verger::cli {
namespace {

// All of a message, or false at the end of the pipe.
template <typename Message>
bool Receive(Message& message) {
  auto* to = reinterpret_cast<char*>(&message);
  std::size_t filled = 0;
  while (filled < sizeof(message)) {
    const ssize_t got = ::read(kRequests, to + filled, sizeof(message) - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

// Messages are shorter than PIPE_BUF, so that one is written whole.
template <typename Message>
bool Send(const Message& message) {
  while (true) {
    const ssize_t written = ::write(kAnswers, &message, sizeof(message));
    if (written >= 0 || errno != EINTR) return written == sizeof(message);
  }
}

std::uint64_t NumberIn(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

Answer Decode(const DecodeMessage& message, std::uint8_t* memory) {
  const verger_decode_request request{
      sizeof(request),
      {reinterpret_cast<const char*>(memory) + PhotoOffset(message.pixel_bytes),
       message.photo_bytes},
      message.preset.data(),
      message.width,
      message.height,
      message.max_pixels,
      message.max_bytes};
  Answer answer;
  answer.number = message.number;
  answer.status =
      verger_decode(&request, memory, message.pixel_bytes, &answer.reason, &answer.error);
  return answer;
}

int FailToStart(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  return 1;
}

}  // namespace

int DecodePhotos(std::span<char* const> arguments) {
  ::prctl(PR_SET_NAME, "verger-decoder");  // in lists of processes
  const std::uint64_t mapped = arguments.size() == 2 ? NumberIn(arguments[0]) : 0;
  const std::uint64_t allowed = arguments.size() == 2 ? NumberIn(arguments[1]) : 0;
  errno = EINVAL;
  if (mapped == 0 || allowed == 0) return FailToStart("a command that verger gives itself");
  void* const memory = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, kMemory, 0);
  if (memory == MAP_FAILED) return FailToStart("cannot map the memory of photos");
  ::close(kMemory);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0 || ::dup2(nowhere, STDERR_FILENO) < 0) return FailToStart("/dev/null");
  ::close(nowhere);

  Hello hello;
  std::strncpy(hello.version.data(), verger_version(), hello.version.size() - 1);
  hello.layers = EnterSandbox(allowed);
  DecodeMessage message;
  bool connected = Send(hello);
  while (connected && Receive(message)) {
    connected = Send(Decode(message, static_cast<std::uint8_t*>(memory)));
  }
  ::_exit(0);  // what ends at exit may call what the sandbox forbids
}

}  // namespace verger::cli
