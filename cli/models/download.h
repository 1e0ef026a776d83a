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
  std::function<void(const std::string& line)> note;  // why it waits or starts anew
  std::function<bool()> cancelled;                    // asked about once a second or more
};

// A server that gives no file: the way to get it by hand may help.
class DownloadFailure : public Failure {
 public:
  using Failure::Failure;
};

enum class Download { kFromTheStart, kResumed };

// Brings source.url (http, https or file) into `part`. What an earlier try left in
// `part` of the same file is kept and the rest asked for by an HTTP range, under the
// condition that the server's file is still the same; a server that sends the whole
// all the same is believed. Follows at most 5 redirects. Proxies as curl has them.
//
// The caller holds a lock on `part`, and checks the digest: only the size is checked here.
//
// Errors: DownloadFailure, kBadInput for an answer that no retry mends (404), kStorage
//         when the server cannot be reached; Failure, kBadInput for a file of another
//         size, kStorage for the disk, kUsage for a URL that is none, kInterrupted when
//         cancelled. `part` stays, to go on from.
// Cost:   at most 50 connections.
Download DownloadTo(const std::filesystem::path& part, const ModelSource& source,
                    const DownloadOptions& options);

// Removes `part` and what is known of it.
void DiscardPart(const std::filesystem::path& part);

// `url` without user, password, query and fragment: fit to be shown and kept.
std::string PublicUrl(const std::string& url);

}  // namespace verger::cli
