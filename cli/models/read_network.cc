#include "cli/models/read_network.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include "cli/base/files.h"
#include "cli/base/library.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

// The engine reads ONNX below 2 GiB; what is larger is no network, or has to be exported otherwise.
constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;

void RefuseFolder(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return;
  std::string names;
  for (fs::directory_iterator each(path, error), end; !error && each != end;
       each.increment(error)) {
    names += each->path().filename().native() + "\n";
  }
  Call(verger_model_is_folder, path.c_str(), Borrowed(names));
}

}  // namespace

std::string ReadNetwork(const fs::path& path) {
  RefuseFolder(path);
  std::string bytes = ReadFile(path, Exit::kBadInput, kMostBytes);
  LibraryBytes listed;
  Call(verger_model_side_files, bytes.data(), bytes.size(), path.c_str(), listed.out());
  std::vector<std::string> names;
  std::vector<std::string> files;
  std::uint64_t left = kMostBytes;  // of all side files together
  for (std::string_view rest = listed.view(); !rest.empty();) {
    names.emplace_back(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(names.back().size() + 1);
  }
  if (names.empty()) return bytes;
  std::vector<verger_text> borrowed_names;
  std::vector<verger_text> borrowed_files;
  files.reserve(names.size());
  for (const std::string& name : names) {
    auto file = ReadFileIfPresent(path.parent_path() / name, Exit::kBadInput, left);
    if (!file) continue;  // the library reports what is missing, and the remedy
    left -= file->size();
    files.push_back(*std::move(file));
    borrowed_names.push_back(Borrowed(name));
    borrowed_files.push_back(Borrowed(files.back()));
  }
  LibraryBytes whole;
  Call(verger_model_join, bytes.data(), bytes.size(), path.c_str(), borrowed_names.data(),
       borrowed_files.data(), borrowed_names.size(), whole.out());
  return std::string(whole.view());
}

}  // namespace verger::cli
