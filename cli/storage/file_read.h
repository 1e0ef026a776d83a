// file_read.h: reading a file that must still be as it was listed.
#pragma once

#include <string>

namespace verger::cli {

struct ReadOutcome {
  std::string error;       // why the file is rejected; "" if it was read
  bool transient = false;  // another run may succeed
};

// Why a file is rejected that is not what the listing says.
inline constexpr const char* kChangedFile = "changed while the run went on: run again";
inline constexpr const char* kVanishedFile = "vanished: it was there when the run began";

// A file on its way from storage.
class FileRead {
 public:
  FileRead() = default;
  FileRead(const FileRead&) = delete;
  FileRead& operator=(const FileRead&) = delete;
  virtual ~FileRead() = default;

  // Appends the file's bytes to `bytes`, or leaves `bytes` as it was and returns why the file is
  // rejected: not permitted, vanished or changed since it was listed, or, in a folder, not readable
  // in as many tries as Limits() allows. To be called once.
  // Errors: Failure kStorage if a bucket fails otherwise, after retries.
  virtual ReadOutcome AppendTo(std::string* bytes) = 0;
};

}  // namespace verger::cli
