#include "core/extract/test_files.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace verger::test_files {

namespace fs = std::filesystem;

fs::path Golden() { return VERGER_GOLDEN; }

fs::path TestData() {
  const char* override_path = std::getenv("VERGER_TEST_DATA");
  return override_path != nullptr ? override_path : VERGER_DEFAULT_TEST_DATA;
}

fs::path Fruits360() { return VERGER_FRUITS360; }

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> ReadFloats(const fs::path& path) {
  static_assert(std::endian::native == std::endian::little);
  const std::string bytes = Read(path);
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
  return floats;
}

std::vector<fs::path> List(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace verger::test_files
