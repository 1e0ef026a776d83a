// replay_test.cc: runs the targets without a fuzzer, on files that once were findings.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz_targets.h"

namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A heap block of just this size, so that a sanitizer sees a read beyond it.
void RunTarget(const FuzzTarget& target, const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  target.run(bytes.data(), bytes.size());
}

class Replay : public testing::TestWithParam<FuzzTarget> {};

// A finding ends the process, and the name of its file is the last line.
TEST_P(Replay, Regressions) {
  const FuzzTarget& target = GetParam();
  const auto folder = std::filesystem::path(VERGER_FUZZ_REGRESSIONS) / target.name;
  if (!std::filesystem::is_directory(folder)) return;  // it has had no finding
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::cerr << entry.path() << "\n";
    RunTarget(target, ReadAll(entry.path()));
  }
}

TEST_P(Replay, AlmostNothing) {
  const FuzzTarget& target = GetParam();
  RunTarget(target, "");
  for (int byte = 0; byte < 256; ++byte) RunTarget(target, std::string(1, static_cast<char>(byte)));
  for (const char byte : {'\0', '[', '{', '<', '%', '\xFF'})
    RunTarget(target, std::string(4096, byte));
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(kFuzzTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
