// test_files.h: where the tests of this folder find their files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace verger::test_files {

// tests/golden.
std::filesystem::path Golden();

// Files that the build makes, too large to be committed; the environment's
// VERGER_TEST_DATA wins.
std::filesystem::path TestData();

// Fruits-360, which is not part of this repository and may be absent.
std::filesystem::path Fruits360();

// Throws std::runtime_error, naming the file, if it cannot be read.
std::string Read(const std::filesystem::path& path);
std::vector<float> ReadFloats(const std::filesystem::path& path);

// The regular files below `folder`, sorted.
std::vector<std::filesystem::path> List(const std::filesystem::path& folder);

inline Bytes AsBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace verger::test_files
