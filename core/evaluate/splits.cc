#include "core/evaluate/splits.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/runs/sample.h"

namespace verger {
namespace {

constexpr int kTurn = 360;
constexpr int kTrainEnd = 240;
constexpr int kTestBegin = 250;
constexpr int kTestEnd = 350;

struct Frame {
  bool first_axis = false;
  int angle = 0;
};

std::optional<Frame> FrameOf(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t point = name.rfind('.');
  if (point == std::string_view::npos) return std::nullopt;
  name = name.substr(0, point);
  Frame frame{true, 0};
  if (name.starts_with('r')) {
    const std::size_t end = name.find('_');
    const std::string_view axis = name.substr(0, end);
    if (end > 2 || (end == 2 && (axis[1] < '0' || axis[1] > '9'))) return std::nullopt;
    frame.first_axis = axis == "r0";
    name.remove_prefix(end + 1);
  }
  if (!name.ends_with("_100")) return std::nullopt;
  name.remove_suffix(4);
  const char* const end = name.data() + name.size();
  int number = -1;
  const auto [read, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || read != end || number < 0) return std::nullopt;
  frame.angle = number % kTurn;
  return frame;
}

template <typename RoleOf>
std::optional<Split> SplitByFrame(std::span<const std::string> paths, std::span<const int> labels,
                                  RoleOf role_of) {
  Split split;
  for (const std::string& path : paths) {
    const std::optional<Frame> frame = FrameOf(path);
    if (!frame) return std::nullopt;
    split.push_back(role_of(*frame));
  }
  if (!LeaveOutNewLabels(labels, &split)) return std::nullopt;
  return split;
}

}  // namespace

Split SplitAtRandom(std::span<const std::string> paths, std::span<const int> labels) {
  std::map<int, std::vector<std::pair<std::uint64_t, std::size_t>>> ranked;
  for (std::size_t row = 0; row < paths.size(); ++row) {
    ranked[labels[row]].emplace_back(SampleRank(paths[row]), row);
  }
  Split split(paths.size(), Role::kTrain);
  for (auto& [label, rows] : ranked) {
    std::sort(rows.begin(), rows.end());
    for (std::size_t i = 0; i < (rows.size() + 2) / 4; ++i) split[rows[i].second] = Role::kTest;
  }
  return split;
}

bool NamedAsFruits360(std::span<const std::string> paths) {
  return !paths.empty() && std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return FrameOf(path).has_value();
  });
}

std::optional<Split> SplitByAngle(std::span<const std::string> paths, std::span<const int> labels) {
  return SplitByFrame(paths, labels, [](const Frame& frame) {
    if (frame.angle < kTrainEnd) return Role::kTrain;
    return frame.angle >= kTestBegin && frame.angle < kTestEnd ? Role::kTest : Role::kOut;
  });
}

std::optional<Split> SplitByAxis(std::span<const std::string> paths, std::span<const int> labels) {
  return SplitByFrame(paths, labels, [](const Frame& frame) {
    return frame.first_axis ? Role::kTrain : Role::kTest;
  });
}

Split SplitByFold(std::span<const int> folds, int fold) {
  Split split;
  for (const int of_row : folds) split.push_back(of_row == fold ? Role::kTest : Role::kTrain);
  return split;
}

bool LeaveOutNewLabels(std::span<const int> labels, Split* split) {
  std::set<int> trained;
  for (std::size_t row = 0; row < split->size(); ++row) {
    if ((*split)[row] == Role::kTrain) trained.insert(labels[row]);
  }
  bool tested = false;
  for (std::size_t row = 0; row < split->size(); ++row) {
    if ((*split)[row] != Role::kTest) continue;
    if (trained.contains(labels[row])) {
      tested = true;
    } else {
      (*split)[row] = Role::kOut;
    }
  }
  return tested;
}

}  // namespace verger
