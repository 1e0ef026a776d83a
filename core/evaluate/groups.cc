#include "core/evaluate/groups.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <numeric>
#include <optional>
#include <regex>
#include <utility>

#include "core/runs/series.h"

namespace verger {
namespace {

constexpr std::string_view kFolder = "folder:";

// Sets that are joined; each is known by its first member.
class Joined {
 public:
  explicit Joined(std::size_t count) : first_(count) {
    std::iota(first_.begin(), first_.end(), std::size_t{0});
  }

  std::size_t FirstOf(std::size_t at) {
    while (first_[at] != at) at = first_[at] = first_[first_[at]];
    return at;
  }

  void Join(std::size_t a, std::size_t b) {
    a = FirstOf(a);
    b = FirstOf(b);
    first_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> first_;
};

// Numbers groups from 0 in the order of their first rows. `groups` of any numbers.
std::vector<int> Join(const std::vector<int>& groups, std::span<const RowPair> duplicates) {
  Joined rows(groups.size());
  std::map<int, std::size_t> first_of;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    rows.Join(first_of.try_emplace(groups[row], row).first->second, row);
  }
  for (const RowPair& pair : duplicates) rows.Join(pair.a, pair.b);
  std::map<std::size_t, int> numbers;
  std::vector<int> joined;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    const int next = static_cast<int>(numbers.size());
    joined.push_back(numbers.try_emplace(rows.FirstOf(row), next).first->second);
  }
  return joined;
}

std::optional<int> LevelOf(std::string_view pattern) {
  if (!pattern.starts_with(kFolder)) return std::nullopt;
  pattern.remove_prefix(kFolder.size());
  int level = 0;
  const auto [end, error] = std::from_chars(pattern.data(), pattern.data() + pattern.size(), level);
  if (error != std::errc() || end != pattern.data() + pattern.size()) level = 0;
  return level;
}

// The path of the folder, or nothing where the path has fewer.
std::optional<std::string> FolderPathAbove(const std::string& path, int level) {
  std::size_t end = path.rfind('/');
  for (; level > 0 && end != std::string::npos && end > 0; --level) end = path.rfind('/', end - 1);
  if (level > 0 || end == std::string::npos) return std::nullopt;
  return path.substr(0, end);
}

Status NotFit(std::string_view pattern, std::size_t misfits, std::size_t paths,
              const std::string& first) {
  return Error{Code::kBadCall,
               fmt::format("--groups '{}' does not fit {} of {} paths, first {}: give a pattern "
                           "that matches each path, such as 'tray(\\d+)|/([^/]+)$'",
                           pattern, misfits, paths, first)};
}

// The first capture that took part, else the whole.
std::string CaptureOf(const std::smatch& match) {
  for (std::size_t i = 1; i < match.size(); ++i) {
    if (match[i].matched) return match[i].str();
  }
  return match[0].str();
}

}  // namespace

std::vector<int> GroupRows(std::span<const std::string> paths, std::span<const std::string> labels,
                           std::span<const RowPair> duplicates) {
  const PhotoSeries all = FindSeries(paths, labels);
  std::vector<int> label_size(static_cast<std::size_t>(all.label_count));
  std::vector<int> series_size(static_cast<std::size_t>(all.series_count));
  for (std::size_t row = 0; row < paths.size(); ++row) {
    ++label_size[static_cast<std::size_t>(all.labels[row])];
    ++series_size[static_cast<std::size_t>(all.series[row])];
  }
  std::vector<int> groups;
  for (std::size_t row = 0; row < paths.size(); ++row) {
    const std::int64_t size = series_size[static_cast<std::size_t>(all.series[row])];
    const bool cut = 4 * size > 3 * label_size[static_cast<std::size_t>(all.labels[row])];
    const std::int64_t block = cut ? all.places[row] * std::int64_t{kBlocks} / size : 0;
    groups.push_back(all.series[row] * kBlocks + static_cast<int>(block));
  }
  return Join(groups, duplicates);
}

Result<std::vector<int>> GroupRowsByPattern(std::span<const std::string> paths,
                                            std::string_view pattern,
                                            std::span<const RowPair> duplicates) {
  const std::optional<int> level = LevelOf(pattern);
  if (level && *level < 1) {
    return Error{Code::kBadCall,
                 fmt::format("--groups '{}': give a level from 1, as in folder:1", pattern)};
  }
  std::regex expression;
  if (!level) {
    try {
      expression = std::regex(pattern.begin(), pattern.end());
    } catch (const std::regex_error&) {
      return Error{Code::kBadCall,
                   fmt::format("--groups '{}' is no regular expression (ECMAScript): give one "
                               "such as 'tray(\\d+)', or folder:1",
                               pattern)};
    }
  }
  std::map<std::string, int> numbers;
  std::vector<int> groups;
  std::size_t misfits = 0;
  const std::string* first_misfit = nullptr;
  for (const std::string& path : paths) {
    std::optional<std::string> name;
    std::smatch match;
    if (level) {
      name = FolderPathAbove(path, *level);
    } else {
      try {
        if (std::regex_search(path, match, expression)) name = CaptureOf(match);
      } catch (const std::regex_error&) {
        return Error{Code::kBadCall,
                     fmt::format("groups \"{}\": too much work on {}: give a simpler pattern",
                                 pattern, path)};
      }
    }
    if (!name) {
      if (misfits++ == 0) first_misfit = &path;
      continue;
    }
    const int next = static_cast<int>(numbers.size());
    groups.push_back(numbers.try_emplace(*std::move(name), next).first->second);
  }
  if (misfits > 0) {
    VERGER_RETURN_IF_ERROR(NotFit(pattern, misfits, paths.size(), *first_misfit));
  }
  return Join(groups, duplicates);
}

}  // namespace verger
