// verger_pca_tool: the core's PCA on a raw file of features, for comparisons from Python.
//
//   verger_pca_tool FEATURES DIMENSION COMPONENTS centred|spark PCA.json SCORES
//
// FEATURES and SCORES are float32, row-major; COMPONENTS is a count, or a share below 1.
// Prints the seconds each step took.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/pca/pca.h"

namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int Run(char** arguments) {
  std::ifstream file(arguments[1], std::ios::binary | std::ios::ate);
  const int dimension = std::atoi(arguments[2]);
  if (!file || dimension < 1) return 2;
  std::vector<float> rows(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(rows.data()),
            static_cast<std::streamsize>(rows.size() * sizeof(float)));

  const double amount = std::atof(arguments[3]);
  const verger::Components components = amount < 1
                                            ? verger::Components{.count = 0, .variance = amount}
                                            : verger::Components{static_cast<int>(amount), 0};
  const bool spark = std::string_view(arguments[4]) == "spark";

  Clock::time_point start = Clock::now();
  verger::Moments moments(dimension);
  moments.Add(rows);
  const double moments_seconds = SecondsSince(start);

  start = Clock::now();
  const verger::Result<verger::Pca> pca = verger::Fit(moments, components);
  const double fit_seconds = SecondsSince(start);
  if (!pca) {
    fmt::print(stderr, "{}\n", pca.error().message);
    return 1;
  }

  start = Clock::now();
  std::vector<float> scores(rows.size() / static_cast<std::size_t>(dimension) *
                            static_cast<std::size_t>(pca->components));
  verger::Project(*pca, rows, spark ? verger::Scores::kSpark : verger::Scores::kCentred, scores);
  const double project_seconds = SecondsSince(start);

  std::ofstream(arguments[5], std::ios::binary) << verger::ToJson(*pca);
  std::ofstream(arguments[6], std::ios::binary)
      .write(reinterpret_cast<const char*>(scores.data()),
             static_cast<std::streamsize>(scores.size() * sizeof(float)));
  fmt::print("{{\"moments\": {:.6f}, \"fit\": {:.6f}, \"project\": {:.6f}}}\n", moments_seconds,
             fit_seconds, project_seconds);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 7) {
    fmt::print(
        stderr,
        "usage: verger_pca_tool FEATURES DIMENSION COMPONENTS centred|spark PCA.json SCORES\n");
    return 2;
  }
  return Run(arguments);
}
