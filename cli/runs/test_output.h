// test_output.h: a folder for a test's output, gone with the test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace verger::cli {

class TestFolder {
 public:
  explicit TestFolder(const std::string& name)
      : path_(std::filesystem::path(::testing::TempDir()) / ("verger_" + name)) {
    std::filesystem::remove_all(path_);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace verger::cli
