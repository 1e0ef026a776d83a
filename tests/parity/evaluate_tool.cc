// verger_evaluate_tool: the core's evaluation, for comparisons from Python.
//
//   verger_evaluate_tool rows FEATURES DIMENSION METHOD TRANSFORM SHRINKAGE < PATHS
//     FEATURES are float32, row-major; PATHS has a line a row, LABEL/FILE. Prints the JSON object
//     of an evaluation.
//
//   verger_evaluate_tool metrics PROBABILITIES LABELS LEAST_SHARE < LINES
//     PROBABILITIES are float32, (rows, LABELS); LINES has a line a row: its label, its novelty, 1
//     if its label counts as unknown. Prints what metrics.h has of them, a name and a number a
//     line.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "core/evaluate/evaluation_json.h"

namespace {

using verger::EvaluationRows;

std::vector<float> ReadFloats(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  std::vector<float> values(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  return values;
}

int EvaluateRows(char** arguments) {
  EvaluationRows rows;
  rows.features = ReadFloats(arguments[0]);
  rows.dimension = std::atoi(arguments[1]);
  std::vector<std::string> labels;
  for (std::string line; std::getline(std::cin, line);) {
    labels.push_back(line.substr(0, line.find('/')));
    rows.paths.push_back(line);
  }
  if (rows.dimension < 1 || rows.features.size() != rows.size() * rows.width()) return 2;
  rows.label_names = labels;
  std::sort(rows.label_names.begin(), rows.label_names.end());
  rows.label_names.erase(std::unique(rows.label_names.begin(), rows.label_names.end()),
                         rows.label_names.end());
  for (const std::string& label : labels) {
    const auto at = std::lower_bound(rows.label_names.begin(), rows.label_names.end(), label);
    rows.labels.push_back(static_cast<int>(at - rows.label_names.begin()));
  }
  verger::EvaluateSettings settings;
  const auto method = verger::MethodNamed(arguments[2]);
  if (!method) return 2;
  settings.method = *method;
  settings.transform = verger::TransformNamed(arguments[3]);
  settings.shrinkage = std::atof(arguments[4]);
  settings.threads = 2;
  const auto evaluation = verger::Evaluate(rows, nullptr, settings, {});
  if (!evaluation) {
    fmt::print(stderr, "{}\n", evaluation.error().message);
    return 1;
  }
  fmt::print("{}\n", verger::ToJson(*evaluation, rows, nullptr, std::nullopt));
  return 0;
}

int PrintMetrics(char** arguments) {
  const std::vector<float> probabilities = ReadFloats(arguments[0]);
  const auto labels = static_cast<std::size_t>(std::atoi(arguments[1]));
  const auto least_share = static_cast<float>(std::atof(arguments[2]));
  std::vector<verger::Tested> tested;
  std::vector<float> known;
  std::vector<float> unknown;
  int label = 0;
  float novelty = 0;
  int is_unknown = 0;
  while (std::cin >> label >> novelty >> is_unknown) {
    const auto row = std::span(probabilities).subspan(tested.size() * labels, labels);
    tested.push_back(verger::Judge(row, label, least_share));
    (is_unknown != 0 ? unknown : known).push_back(novelty);
  }
  const std::vector<verger::ReliabilityBin> bins = verger::Reliability(tested);
  int used = 0;
  for (const verger::ReliabilityBin& bin : bins) {
    if (bin.photos == 0) continue;
    fmt::print("probability_{} {}\naccuracy_{} {}\n", used, bin.probability, used, bin.accuracy);
    ++used;
  }
  fmt::print("accuracy {}\nmacro_f1 {}\ntop3 {}\ncalibration_error {}\n", verger::Accuracy(tested),
             verger::MacroF1(tested), verger::Top3(tested), verger::CalibrationError(bins));
  fmt::print("coverage {}\nset_size {}\nauroc {}\ntrue_accepts {}\n", verger::Coverage(tested),
             verger::MeanSetSize(tested), verger::Auroc(known, unknown),
             verger::TrueAccepts(known, unknown, 0.05));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 7 && std::string(arguments[1]) == "rows") return EvaluateRows(arguments + 2);
  if (count == 5 && std::string(arguments[1]) == "metrics") return PrintMetrics(arguments + 2);
  return 2;
}
