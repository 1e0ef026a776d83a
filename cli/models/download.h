// download.h: one file from a server that may fail at any byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/base/error.h"
#include "cli/models/catalogue.h"

namespace verger::cli {

struct DownloadOptions {
  int retries = 6;            // after failures in a row that brought nothing new
  double stall_seconds = 30;  // without a byte, then the connection counts as lost
  double first_wait = 0.25;   // seconds before the first retry; doubles each time, up to 16

  // Each may be empty. All are called from the thread that downloads.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  std::function<void(const std::string& line)> note;  // why it waits or starts again
  std::function<bool()> cancelled;                    // called at least once a second
};

// The server gives no file: the message may add how to download it by other means.
class DownloadFailure : public Failure {
 public:
  using Failure::Failure;
};

enum class Download { kFromTheStart, kResumed };

// Downloads source.url (http, https or file) into `part`. Bytes of an earlier try stay,
// and the rest is requested by an HTTP range, under the condition that the server's file
// is still the same (If-Range); a server that sends the whole file instead is accepted.
// Follows at most 5 redirects. Proxies: see ProxyOf.
//
// The caller holds a lock on `part`, and checks the digest: only the size is checked here.
//
// Errors: DownloadFailure, kBadInput for an answer that no retry changes (404), kStorage
//         when the server cannot be reached; Failure, kBadInput for a file of another
//         size, kStorage for the disk, kUsage for a bad URL, kInterrupted when
//         cancelled. `part` stays: the next call resumes from it.
// Cost:   at most 50 connections.
Download DownloadTo(const std::filesystem::path& part, const ModelSource& source,
                    const DownloadOptions& options);

// Removes `part` and the notes beside it.
void DiscardPart(const std::filesystem::path& part);

// Errors: Failure kInterrupted, with the way to go on, if options.cancelled says so.
void ThrowIfCancelled(const DownloadOptions& options);

}  // namespace verger::cli
