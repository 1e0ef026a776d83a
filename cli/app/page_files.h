// page_files.h: the files of the app that are the same for every output: its page and its engine.
#pragma once

#include <span>
#include <string_view>

namespace verger::cli {

struct PageFile {
  std::string_view path;  // below the app
  std::string_view bytes;
};

// Sorted by path, inside the program. Without engine.wasm if the program was built without clang.
std::span<const PageFile> PageFiles();

}  // namespace verger::cli
