#include "cli/base/print.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "cli/base/error.h"

namespace verger::cli {

void Print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return;
  throw Failure(Exit::kStorage, std::string("cannot write to stdout: ") + std::strerror(errno));
}

void Warn(std::string_view text) {
  // A closed or full stderr leaves nowhere to report to.
  std::fprintf(stderr, "verger: warning: %.*s\n", static_cast<int>(text.size()), text.data());
}

std::optional<int> PrintWidth() {
  struct winsize size;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

}  // namespace verger::cli
