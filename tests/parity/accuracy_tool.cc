// verger_accuracy_tool: the core's accuracy by label, for comparisons from Python.
//
//   verger_accuracy_tool FEATURES DIMENSION < PATHS
//
// FEATURES are float32, row-major; PATHS has a line a row, LABEL/FILE. Prints a line a row: label,
// group, whether it is classed, whether it is right.
#include <fmt/core.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "core/tune/accuracy.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  std::ifstream file(arguments[1], std::ios::binary | std::ios::ate);
  const int dimension = std::atoi(arguments[2]);
  if (!file || dimension < 1) return 2;
  std::vector<float> rows(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(rows.data()),
            static_cast<std::streamsize>(rows.size() * sizeof(float)));
  std::vector<std::string> paths;
  std::vector<std::string> labels;
  for (std::string line; std::getline(std::cin, line);) {
    labels.push_back(line.substr(0, line.find('/')));
    paths.push_back(line);
  }
  if (paths.size() * static_cast<std::size_t>(dimension) != rows.size()) return 2;
  const verger::PhotoGroups groups = verger::GroupPhotos(paths, labels);
  const std::vector<bool> hits = verger::NearestCentroidHits(rows, dimension, groups);
  for (std::size_t row = 0; row < paths.size(); ++row) {
    fmt::print("{} {} {:d} {:d}\n", groups.labels[row], groups.groups[row],
               static_cast<bool>(groups.classed[row]), static_cast<bool>(hits[row]));
  }
  return 0;
}
