// app_file.h: a file of the phone app.
#pragma once

#include <cstddef>
#include <string>

namespace verger::cli {

// The name of the file that lists the others (docs/app-format.md).
inline constexpr const char* kAppDescription = "app.json";
// What the name of a compressed file has after that of the file.
inline constexpr const char* kCompressed = ".br";

struct AppFile {
  std::string path;  // below the app, '/' between names
  std::string bytes;
  std::string brotli;  // the same compressed; "" where that is no smaller

  std::size_t compressed_bytes() const { return brotli.empty() ? bytes.size() : brotli.size(); }
};

}  // namespace verger::cli
