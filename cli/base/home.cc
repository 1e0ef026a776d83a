#include "cli/base/home.h"

#include <pwd.h>

#include <cstdlib>
#include <vector>

namespace verger::cli {

namespace fs = std::filesystem;

fs::path HomeFolder(uid_t user) {
  if (const char* named = std::getenv("HOME"); named != nullptr && *named == '/') return named;
  std::vector<char> text(1 << 16);
  passwd entry{};
  passwd* known = nullptr;
  ::getpwuid_r(user, &entry, text.data(), text.size(), &known);
  if (known == nullptr || *known->pw_dir != '/') return {};
  return known->pw_dir;
}

}  // namespace verger::cli
