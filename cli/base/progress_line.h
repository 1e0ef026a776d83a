// progress_line.h: the text of a display of progress.
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

// Returns a line of at most style.width columns, for a terminal that redraws it. On a
// narrow one the least important parts are dropped: the bar, the rate, the word for rejects.
std::string BarLine(const ProgressState& state, const ProgressStyle& style);

// Returns a plain line, for a log.
std::string PlainLine(const ProgressState& state);

// Returns a plain line for the end: what was done, how long it took.
std::string FinalLine(const ProgressState& state);

}  // namespace verger::cli
