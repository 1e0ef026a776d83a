// static_files.h: the files of the phone app, from memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/app/app_file.h"
#include "cli/serve/message.h"
#include "cli/serve/router.h"

namespace verger::cli {

// A table of files; no other path leads anywhere. Safe from many threads.
class StaticFiles {
 public:
  explicit StaticFiles(std::vector<AppFile> files);

  // The file of a path, "/" for index.html; 304 where the client has it; 404. A browser asks again
  // each time whether a file has changed, unless the request names its version:
  // `?v=` and the first 16 digits of its SHA-256.
  Response Find(const Query& query) const;

 private:
  struct Entry {
    std::string type;
    std::string sha256;
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const std::string> brotli;  // null if there is none
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

// Whether Accept-Encoding allows Brotli.
bool AcceptsBrotli(std::string_view accept_encoding);

}  // namespace verger::cli
