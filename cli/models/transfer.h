// transfer.h: one connection of a download.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/base/files.h"
#include "cli/models/catalogue.h"
#include "cli/models/download.h"

namespace verger::cli {

// How a connection ended.
struct Outcome {
  enum class Kind { kDone, kAgain, kUnreachable, kHopeless };
  Kind kind = Kind::kDone;
  std::string reason;
  double wait = 0;  // seconds that the server asks for
};

// Asks for the rest of `part` once. Not to be used again.
class Transfer {
 public:
  // `validator` is the ETag or date that the bytes in `part` came with; empty: unknown.
  Transfer(const std::filesystem::path& part, std::string validator, const ModelSource& source,
           const DownloadOptions& options);

  // Errors: kStorage for the disk; kBadInput if it is not the file we want; kInterrupted.
  Outcome Run();

  std::uint64_t size() const { return size_; }  // of `part` now
  bool resumed() const { return resumed_; }
  const std::string& validator() const { return validator_; }

 private:
  using Clock = std::chrono::steady_clock;

  static std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* self);
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  // Returns what `act` returns, and `abort` once one of them has thrown.
  template <typename Result, typename Act>
  Result Keeping(Result abort, Act act) noexcept;

  void Header(std::string_view line);
  void Begin();
  void Body(std::string_view bytes);
  bool GoesOn();
  Outcome Judge(CURL* curl, CURLcode code, const char* details);

  const std::filesystem::path part_;
  const ModelSource& source_;
  const DownloadOptions& options_;
  Descriptor file_;
  const std::string asked_validator_;
  std::uint64_t asked_ = 0;  // offset
  std::uint64_t size_ = 0;
  std::uint64_t total_ = 0;  // 0: unknown
  bool begun_ = false;
  bool resumed_ = false;
  bool stalled_ = false;
  Clock::time_point last_byte_ = Clock::now();
  std::exception_ptr failure_;  // kept while curl's C code is on the stack

  // Of the answer's head.
  long status_ = 0;
  std::string validator_;
  std::optional<std::uint64_t> length_, range_start_, range_total_;
};

}  // namespace verger::cli
