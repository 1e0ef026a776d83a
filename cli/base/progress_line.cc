#include "cli/base/progress_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "cli/base/text.h"

namespace verger::cli {
namespace {

constexpr int kWidestBar = 40;
constexpr int kNarrowestBar = 8;

std::string Count(const ProgressState& state, std::uint64_t n) {
  return state.unit == ProgressUnit::kBytes ? HumanBytes(static_cast<double>(n)) : WithCommas(n);
}

std::string Rate(const ProgressState& state, double rate) {
  if (state.unit == ProgressUnit::kBytes) return HumanBytes(rate) + "/s";
  if (rate < 10) return fmt::format("{:.1f} photos/s", rate);
  return WithCommas(static_cast<std::uint64_t>(std::lround(rate))) + " photos/s";
}

double Fraction(const ProgressState& state) {
  if (state.total == 0) return 0;
  return std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
}

// Rounded down: 100 % only for a job that is done.
std::string Percent(const ProgressState& state) {
  return fmt::format("{:3} %", static_cast<int>(Fraction(state) * 100));
}

std::string TimeLeft(const ProgressState& state) {
  if (state.total == 0 || state.rate <= 0 || state.done >= state.total) return "";
  return HumanDuration(static_cast<double>(state.total - state.done) / state.rate);
}

std::string Bar(const ProgressState& state, int cells, const ProgressStyle& style) {
  const int halves = static_cast<int>(Fraction(state) * cells * 2);
  const int full = halves / 2;
  std::string done, rest;
  for (int i = 0; i < full; ++i) done += style.utf8 ? "━" : "#";
  int used = full;
  if (style.utf8 && halves % 2 == 1) {
    done += "╸";
    ++used;
  }
  for (int i = used; i < cells; ++i) rest += style.utf8 ? "─" : ".";
  if (style.colour) return "\033[32m" + done + "\033[0m\033[2m" + rest + "\033[0m";
  return style.utf8 ? done + rest : "[" + done + rest + "]";
}

std::string Coloured(std::string_view text, std::string_view code, const ProgressStyle& style) {
  return style.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

// A part of the line: dropped in the order of `rank`, the largest first.
struct Part {
  std::string text;
  int rank;
};

}  // namespace

std::string BarLine(const ProgressState& state, const ProgressStyle& style) {
  std::vector<Part> parts;
  parts.push_back({state.label, 3});
  const std::size_t bar = parts.size();
  if (state.total > 0) {
    // As wide as it will ever be, so that nothing to the right jumps about.
    const std::string total = Count(state, state.total);
    parts.push_back({Percent(state), 0});
    parts.push_back({fmt::format("{:>{}}/{}", Count(state, state.done), total.size(), total), 2});
  } else {
    parts.push_back({state.unit == ProgressUnit::kBytes ? Count(state, state.done)
                                                        : Count(state, state.done) + " photos",
                     0});
  }
  if (state.rate > 0) parts.push_back({Rate(state, state.rate), 5});
  if (const std::string left = TimeLeft(state); !left.empty()) parts.push_back({left + " left", 1});
  if (state.total == 0) parts.push_back({HumanDuration(state.elapsed), 4});
  const std::size_t rejects = parts.size();
  if (state.rejects > 0) parts.push_back({WithCommas(state.rejects) + " rejected", 4});

  auto columns = [&] {
    int sum = 0;
    for (const Part& part : parts) sum += part.text.empty() ? 0 : Columns(part.text) + 2;
    return sum - 2;
  };
  int width = columns();
  while (width > style.width) {
    Part* least = nullptr;
    for (Part& part : parts) {
      if (!part.text.empty() && (!least || part.rank > least->rank)) least = &part;
    }
    if (!least || least->rank == 0) break;
    least->text.clear();
    width = columns();
  }

  std::string line;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == bar && state.total > 0) {
      const int brackets = style.utf8 || style.colour ? 0 : 2;
      const int cells = std::min(kWidestBar, style.width - width - 2 - brackets);
      if (cells >= kNarrowestBar) {
        if (!line.empty()) line += "  ";
        line += Bar(state, cells, style);
      }
    }
    if (parts[i].text.empty()) continue;
    if (!line.empty()) line += "  ";
    line += i == rejects ? Coloured(parts[i].text, "33", style) : parts[i].text;
  }
  // Narrower than a percentage: nothing useful fits.
  return width > style.width ? "" : line;
}

std::string PlainLine(const ProgressState& state) {
  const bool photos = state.unit == ProgressUnit::kPhotos;
  std::string line = state.label + ": " + Count(state, state.done);
  if (state.total > 0) line += " of " + Count(state, state.total);
  if (photos) line += " photos";
  if (state.total > 0) line += fmt::format(" ({} %)", static_cast<int>(Fraction(state) * 100));
  if (state.rate > 0) line += ", " + Rate(state, state.rate);
  if (const std::string left = TimeLeft(state); !left.empty()) line += ", " + left + " left";
  if (state.rejects > 0) line += ", " + WithCommas(state.rejects) + " rejected";
  return line;
}

std::string FinalLine(const ProgressState& state) {
  std::string line = state.label + ": " + Count(state, state.done);
  if (state.unit == ProgressUnit::kPhotos) line += state.done == 1 ? " photo" : " photos";
  line += " in " + (state.elapsed < 10 ? fmt::format("{:.1f} s", state.elapsed)
                                       : HumanDuration(state.elapsed));
  if (state.rate > 0) line += ", " + Rate(state, state.rate);
  if (state.rejects > 0) line += ", " + WithCommas(state.rejects) + " rejected";
  return line;
}

}  // namespace verger::cli
