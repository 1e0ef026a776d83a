// verger_train_tool: the core's classifiers on raw files of rows, for comparisons from Python.
//
//   verger_train_tool FEATURES LABELS DIMENSION METHOD TRANSFORM SHRINKAGE THREADS SCORES
//
// FEATURES is float32, row-major; LABELS int32, from 0; SCORES, float64, (rows, labels), is
// written. Nothing is held out. Prints the seconds that training and scoring took.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "core/classify/train.h"

namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename Value>
std::vector<Value> ReadAll(const char* name) {
  std::ifstream file(name, std::ios::binary | std::ios::ate);
  if (!file) return {};
  std::vector<Value> values(static_cast<std::size_t>(file.tellg()) / sizeof(Value));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(Value)));
  return values;
}

int Run(char** arguments) {
  const std::vector<float> rows = ReadAll<float>(arguments[1]);
  const std::vector<std::int32_t> labels = ReadAll<std::int32_t>(arguments[2]);
  const int dimension = std::atoi(arguments[3]);
  if (labels.empty() || rows.size() != labels.size() * static_cast<std::size_t>(dimension))
    return 2;
  std::vector<std::string> names;
  for (int i = 0; i <= *std::max_element(labels.begin(), labels.end()); ++i) {
    names.push_back(fmt::format("{:06}", i));
  }
  std::vector<int> groups(labels.size());
  std::iota(groups.begin(), groups.end(), 0);
  verger::TrainSettings settings;
  settings.method = verger::MethodNamed(arguments[4]).value_or(verger::Method::kLda);
  settings.transform = verger::TransformNamed(arguments[5]);
  settings.shrinkage = std::atof(arguments[6]);
  settings.threads = std::atoi(arguments[7]);
  settings.calibrate = false;

  Clock::time_point start = Clock::now();
  const auto classifier = verger::Train({dimension, rows, labels, groups, names}, settings);
  const double train_seconds = SecondsSince(start);
  if (!classifier) {
    fmt::print(stderr, "{}\n", classifier.error().message);
    return 1;
  }
  start = Clock::now();
  const std::vector<double> scores = verger::ScoreRows(*classifier, rows);
  const double score_seconds = SecondsSince(start);
  std::ofstream(arguments[8], std::ios::binary)
      .write(reinterpret_cast<const char*>(scores.data()),
             static_cast<std::streamsize>(scores.size() * sizeof(double)));
  fmt::print("{{\"train\": {:.6f}, \"score\": {:.6f}}}\n", train_seconds, score_seconds);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 9) {
    fmt::print(stderr,
               "usage: verger_train_tool FEATURES LABELS DIMENSION METHOD TRANSFORM SHRINKAGE "
               "THREADS SCORES\n");
    return 2;
  }
  return Run(arguments);
}
