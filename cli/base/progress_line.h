// progress_line.h: what a display of progress says, as text.
#pragma once

#include <cstdint>
#include <string>

namespace verger::cli {

enum class ProgressUnit { kPhotos, kBytes };

struct ProgressState {
  std::string label;  // what goes on, e.g. "extract"
  ProgressUnit unit = ProgressUnit::kPhotos;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: unknown
  std::uint64_t rejects = 0;
  double elapsed = 0;  // seconds
  double rate = 0;     // units a second, of late; 0: not known yet
};

struct ProgressStyle {
  int width = 80;  // columns that may be used
  bool colour = false;
  bool utf8 = false;
};

// One line of at most style.width columns, for a terminal that redraws it. What
// matters least goes first when it is narrow: the bar, the rate, the rejects' word.
std::string BarLine(const ProgressState& state, const ProgressStyle& style);

// One line of plain words, for a log.
std::string PlainLine(const ProgressState& state);

// One line of plain words for the end: what was done, how long it took.
std::string FinalLine(const ProgressState& state);

}  // namespace verger::cli
