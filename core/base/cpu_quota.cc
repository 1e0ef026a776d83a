#include "core/base/cpu_quota.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace verger {
namespace {

// Takes what stands before the first of `separators` off `text`, and one of them.
std::string_view TakeField(std::string_view& text, std::string_view separators) {
  const std::size_t end = std::min(text.find_first_of(separators), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

bool Lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    if (TakeField(names, ",") == name) return true;
  }
  return false;
}

// In mountinfo a space, tab, newline or backslash of a path is three octal digits.
std::string Unescaped(std::string_view path) {
  std::string plain;
  for (std::size_t at = 0; at < path.size(); ++at) {
    unsigned code = 0;
    if (path[at] == '\\' && at + 3 < path.size() &&
        std::from_chars(&path[at + 1], &path[at] + 4, code, 8).ptr == &path[at] + 4) {
      plain += static_cast<char>(code);
      at += 3;
    } else {
      plain += path[at];
    }
  }
  return plain;
}

struct Mount {
  std::string root;  // the cgroup that the mount shows
  std::string point;
};

// Where the hierarchy of cgroups v2, or the one of v1 that has the cpu controller, is mounted.
std::optional<Mount> FindMount(std::string_view mounts, bool v2) {
  while (!mounts.empty()) {
    std::string_view line = TakeField(mounts, "\n");
    for (int passed = 0; passed < 3; ++passed) TakeField(line, " ");
    const std::string_view root = TakeField(line, " ");
    const std::string_view point = TakeField(line, " ");
    while (!line.empty() && TakeField(line, " ") != "-") {
    }
    const std::string_view kind = TakeField(line, " ");
    TakeField(line, " ");
    if (v2 ? kind == "cgroup2" : kind == "cgroup" && Lists(line, "cpu")) {
      return Mount{Unescaped(root), Unescaped(point)};
    }
  }
  return std::nullopt;
}

// The folder of a cgroup, and of all above it that the mount shows.
void AddFolders(const Mount& mount, std::string_view cgroup, std::vector<std::string>& folders) {
  const std::string_view root = mount.root == "/" ? std::string_view() : mount.root;
  std::string_view below;
  if (cgroup.starts_with(root) && (cgroup.size() == root.size() || cgroup[root.size()] == '/')) {
    below = cgroup.substr(root.size());
  }
  // Outside of what is shown: "/.." stands for what lies above the root of a namespace.
  if (below.find("/..") != std::string_view::npos) below = {};
  while (!below.empty()) {
    if (below.back() != '/') folders.push_back(mount.point + std::string(below));
    below = below.substr(0, below.rfind('/'));
  }
  folders.push_back(mount.point);
}

std::optional<std::int64_t> NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view TakeWord(std::string_view& text) {
  std::string_view word;
  while (word.empty() && !text.empty()) word = TakeField(text, " \n");
  return word;
}

}  // namespace

std::vector<std::string> CgroupFolders(std::string_view cgroups, std::string_view mounts) {
  std::vector<std::string> folders;
  while (!cgroups.empty()) {
    std::string_view line = TakeField(cgroups, "\n");
    const bool v2 = TakeField(line, ":") == "0";
    const std::string_view controllers = TakeField(line, ":");
    if (!line.starts_with('/') || !(v2 || Lists(controllers, "cpu"))) continue;
    if (const auto mount = FindMount(mounts, v2)) AddFolders(*mount, line, folders);
  }
  return folders;
}

int UsableThreads(int affinity, std::string_view quotas) {
  std::int64_t threads = std::max(1, affinity);
  while (!quotas.empty()) {
    const auto quota = NumberIn(TakeWord(quotas));
    const auto period = NumberIn(TakeWord(quotas));
    if (!quota || !period || *quota <= 0 || *period <= 0) continue;
    threads = std::min(threads, (*quota - 1) / *period + 1);
  }
  return static_cast<int>(threads);
}

}  // namespace verger
