#include "cli/commands/tune_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/base/text.h"
#include "cli/commands/options.h"

namespace verger::cli {
namespace {

using Json = nlohmann::json;
using Cells = std::vector<std::string>;

// Aligns the first `left` columns and the last to the left, the others to the right.
std::string Aligned(const std::vector<Cells>& rows, std::size_t left) {
  std::vector<int> widths(rows[0].size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string fill(static_cast<std::size_t>(widths[i] - Columns(row[i])), ' ');
      const bool begins = i < left || i + 1 == row.size();
      line += (i > 0 ? "  " : "") + (begins ? row[i] + fill : fill + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

bool Measured(const Json& candidate) { return candidate.at("photos").get<int>() > 0; }

double Speed(const Json& candidate) {
  return Measured(candidate) ? candidate.at("photos_per_second").get<double>() : 0;
}

Cells CellsOf(const Json& report, std::size_t at, const TuneRow& row, bool decode) {
  const Json& candidate = report.at("candidates")[at];
  Cells cells = {candidate.at("model"), candidate.at("precision"),
                 std::to_string(candidate.at("width").get<int>())};
  if (decode) cells.push_back(row.decode.empty() ? "exact" : row.decode);
  if (!Measured(candidate)) {
    cells.insert(cells.end(), {"-", "-", "-", "-", candidate.at("why_not")});
    return cells;
  }
  const double base = Speed(report.at("candidates")[0]);
  cells.push_back(WithCommas(static_cast<std::uint64_t>(Speed(candidate) + 0.5)));
  cells.push_back(fmt::format("{:.1f} x", Speed(candidate) / base));
  const bool reference = candidate.at("reference") == at;
  cells.push_back(reference ? "-"
                            : fmt::format("{:.4f}", candidate.at("mean_cosine").get<double>()));
  cells.push_back(candidate.contains("accuracy")
                      ? fmt::format("{:.1f} %", 100 * candidate.at("accuracy").get<double>())
                      : "-");
  std::string mark;
  if (at == 0) mark = "default";
  if (at == report.at("taken")) mark = "* fastest that is as good";
  if (at == report.at("most_accurate") && at != 0) {
    mark += mark.empty() ? "+ most accurate" : ", most accurate";
  }
  cells.push_back(mark);
  return cells;
}

}  // namespace

std::string OptionsOf(const Json& report, const std::vector<TuneRow>& rows, std::size_t at) {
  std::string text = fmt::format("--model {} --precision {}", ShellQuoted(rows[at].model),
                                 report.at("candidates")[at].at("precision").get<std::string>());
  if (!rows[at].preset.empty()) text += " --preset " + ShellQuoted(rows[at].preset);
  if (!rows[at].size.empty()) text += " --input-size " + rows[at].size;
  if (!rows[at].decode.empty()) text += " --decode " + rows[at].decode;
  if (rows[at].include_hidden) text += " --include-hidden";
  return text;
}

std::string TuneTable(const Json& report, const std::vector<TuneRow>& rows,
                      const std::string& photos) {
  const Json& candidates = report.at("candidates");
  const bool decode =
      std::any_of(rows.begin(), rows.end(), [](const TuneRow& row) { return !row.decode.empty(); });
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    return Speed(candidates[one]) > Speed(candidates[other]);
  });
  Cells head = {"NETWORK", "PRECISION", "INPUT"};
  if (decode) head.push_back("DECODE");
  head.insert(head.end(), {"PHOTOS/S", "SPEED", "COSINE", "ACCURACY", ""});
  std::vector<Cells> lines = {head};
  for (const std::size_t at : order) lines.push_back(CellsOf(report, at, rows[at], decode));
  std::string text = Aligned(lines, 2);

  const int classed = candidates[0].at("classed").get<int>();
  text += fmt::format(
      "\nMeasured on {} of the photos with {}. SPEED is relative to the default. COSINE is how "
      "near\n"
      "features are to those of the same network and input in fp32: 1 is equal.",
      candidates[0].at("photos").get<int>(),
      Pluralize(report.at("threads").get<int>(), "thread", "threads"));
  if (classed > 0) {
    text += fmt::format(
        " ACCURACY is the share of {}\n"
        "that are nearest to the centre of their own label, which is "
        "computed without their own series.",
        Pluralize(classed, "photo", "photos"));
  }
  if (const int rejected = report.at("rejected").get<int>(); rejected > 0) {
    text += fmt::format("\n{} no features and {} not count.",
                        Pluralize(rejected, "photo gives", "photos give"),
                        rejected == 1 ? "does" : "do");
  }
  text += fmt::format("\n\"As good\" is judged by {}.\n", report.at("rule").get<std::string>());

  const auto command = [&](std::size_t at) {
    return fmt::format("  verger run {} OUT {}\n", ShellQuoted(photos),
                       OptionsOf(report, rows, at));
  };
  const auto choice = report.at("taken").get<std::size_t>();
  const auto best = report.at("most_accurate").get<std::size_t>();
  text += choice == 0 ? "\nNothing faster is as good as the default:\n"
                      : "\nThe fastest that is as good as the default:\n";
  text += command(choice);
  if (best != 0 && best != choice) text += "The most accurate:\n" + command(best);
  return text;
}

}  // namespace verger::cli
