// transfer.h: one connection of a download.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "cli/base/files.h"
#include "cli/models/catalogue.h"
#include "cli/models/download.h"
#include "cli/net/http.h"

namespace verger::cli {

// How a connection ended.
struct Outcome {
  enum class Kind { kDone, kAgain, kUnreachable, kHopeless };
  Kind kind = Kind::kDone;
  std::string reason;
  double wait = 0;  // seconds that the server asks for
};

// Requests the rest of `part` once. Not to be used again.
class Transfer {
 public:
  // `validator`: the ETag or date of the answer that the bytes in `part` are from; empty: unknown.
  Transfer(const std::filesystem::path& part, std::string validator, const ModelSource& source,
           const DownloadOptions& options);

  // Errors: kStorage for the disk; kBadInput if it is not the requested file; kInterrupted.
  Outcome Run(HttpClient& http);

  std::uint64_t size() const { return size_; }  // of `part` now
  bool resumed() const { return resumed_; }
  const std::string& validator() const { return validator_; }  // of what is in `part` now

 private:
  void Begin(const HttpResponse& head);
  void OnBody(const HttpResponse& head, std::string_view bytes);
  void Write(std::string_view bytes);
  void Truncate();
  Outcome Judge(const HttpResponse& response);
  std::uint64_t LargestSize() const;

  const std::filesystem::path part_;
  const ModelSource& source_;
  const DownloadOptions& options_;
  Descriptor file_;
  std::uint64_t offset_ = 0;  // where the request begins
  std::uint64_t size_ = 0;
  std::uint64_t total_ = 0;  // 0: unknown
  bool begun_ = false;
  bool resumed_ = false;
  std::string validator_;
};

}  // namespace verger::cli
