#include "core/runs/series.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace verger {
namespace {

constexpr std::size_t kLeastFrames = 3;  // of a series, on average

// A number as it is written, leading zeros aside: compared by length, then digit by digit, it is of
// any size.
using Number = std::pair<std::size_t, std::string_view>;

Number NumberOf(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return {digits.size(), digits};
}

struct Name {
  std::string pattern;  // '#' for each number
  std::vector<Number> numbers;
};

Name Parse(std::string_view path) {
  Name name;
  const std::string_view file = path.substr(path.rfind('/') + 1);
  for (std::size_t i = 0; i < file.size();) {
    const std::size_t end = std::min(file.find_first_not_of("0123456789", i), file.size());
    if (end == i) {
      name.pattern += file[i++];
      continue;
    }
    name.pattern += '#';
    name.numbers.push_back(NumberOf(file.substr(i, end - i)));
    i = end;
  }
  return name;
}

// The numbers but for the frame's.
std::vector<Number> Others(const std::vector<Number>& numbers, std::size_t frame) {
  std::vector<Number> others = numbers;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(frame));
  return others;
}

// Splits photos of one label whose names differ in numbers alone.
std::vector<std::vector<std::size_t>> SplitByFrames(const std::vector<Name>& names,
                                                    const std::vector<std::size_t>& photos) {
  const std::size_t numbers = names[photos[0]].numbers.size();
  for (std::size_t frame = numbers; frame-- > 0;) {
    std::set<Number> values;
    std::map<std::vector<Number>, std::vector<std::size_t>> series;
    for (const std::size_t photo : photos) {
      values.insert(names[photo].numbers[frame]);
      series[Others(names[photo].numbers, frame)].push_back(photo);
    }
    if (values.size() == 1 || photos.size() < kLeastFrames * series.size()) continue;
    std::vector<std::vector<std::size_t>> split;
    for (auto& [others, of_series] : series) {
      std::sort(of_series.begin(), of_series.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(names[a].numbers[frame], a) < std::tuple(names[b].numbers[frame], b);
      });
      split.push_back(std::move(of_series));
    }
    return split;
  }
  std::vector<std::size_t> all = photos;
  std::sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(names[a].numbers, a) < std::tie(names[b].numbers, b);
  });
  return {std::move(all)};
}

}  // namespace

PhotoSeries FindSeries(std::span<const std::string> paths, std::span<const std::string> labels) {
  PhotoSeries all;
  std::vector<Name> names;
  std::map<std::string_view, int> label_numbers;
  std::map<std::pair<int, std::string_view>, std::vector<std::size_t>> of_pattern;
  for (const std::string& path : paths) names.push_back(Parse(path));
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    const int next = static_cast<int>(label_numbers.size());
    const int label = label_numbers.try_emplace(labels[photo], next).first->second;
    all.labels.push_back(label);
    of_pattern[{label, names[photo].pattern}].push_back(photo);
  }
  all.label_count = static_cast<int>(label_numbers.size());
  all.series.resize(paths.size());
  all.places.resize(paths.size());
  for (const auto& [key, photos] : of_pattern) {
    for (const std::vector<std::size_t>& series : SplitByFrames(names, photos)) {
      for (std::size_t place = 0; place < series.size(); ++place) {
        all.series[series[place]] = all.series_count;
        all.places[series[place]] = static_cast<int>(place);
      }
      ++all.series_count;
    }
  }
  return all;
}

}  // namespace verger
