#include "cli/models/download.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/json.h"
#include "cli/models/transfer.h"
#include "cli/net/certificates.h"
#include "cli/net/http.h"
#include "cli/net/retries.h"
#include "cli/net/url.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kMaxConnections = 50;
// Of a server that cannot be reached at all: a user without a network should know soon.
constexpr int kUnreachableRetries = 2;
constexpr double kLongestWait = 16;
constexpr double kLongestServerWait = 60;  // that a server may ask for

// The file beside a part that records its URL, digest and validator (ETag or date).
fs::path NotesOf(const fs::path& part) { return part.native() + ".json"; }

std::string ReadValidator(const fs::path& part, const ModelSource& source) {
  const auto text = ReadFileIfPresent(NotesOf(part), Exit::kStorage);
  const Json notes = text ? Json::parse(*text, nullptr, false) : Json();
  if (notes.is_object() && notes.value("url", Json()) == PublicUrl(source.url) &&
      notes.value("digest", Json()) == source.pin.hex && notes.contains("validator") &&
      notes["validator"].is_string()) {
    return notes["validator"];
  }
  DiscardPart(part);
  return "";
}

void WriteValidator(const fs::path& part, const ModelSource& source, const std::string& validator) {
  const Json notes = {
      {"url", PublicUrl(source.url)}, {"digest", source.pin.hex}, {"validator", validator}};
  WriteFileAtomically(NotesOf(part), FormatJson(notes, 2));
}

}  // namespace

Download DownloadTo(const fs::path& part, const ModelSource& source,
                    const DownloadOptions& options) {
  std::string validator = ReadValidator(part, source);
  WriteValidator(part, source, validator);
  std::error_code missing;
  const std::uint64_t there = fs::file_size(part, missing);
  if (!missing && source.size != 0 && there == source.size) return Download::kResumed;

  HttpOptions limits;
  limits.ca_file = FindCertificates();
  limits.connect_seconds = 20;
  limits.stall_seconds = options.stall_seconds;
  limits.max_redirects = 5;
  limits.file_urls = true;
  HttpClient http(std::move(limits));
  Retries retries(options.first_wait, kLongestWait);
  std::uint64_t furthest = missing ? 0 : there;
  bool resumed = false;
  for (int connection = 1;; ++connection) {
    Transfer transfer(part, validator, source, options);
    const Outcome outcome = transfer.Run(http);
    resumed = transfer.resumed() || (resumed && transfer.size() > 0);
    if (outcome.kind == Outcome::Kind::kDone) {
      return resumed ? Download::kResumed : Download::kFromTheStart;
    }
    if (transfer.validator() != validator && transfer.size() > 0) {
      validator = transfer.validator();
      WriteValidator(part, source, validator);
    }
    if (transfer.size() > furthest) retries.Reset();
    furthest = std::max(furthest, transfer.size());
    const bool no_network = outcome.kind == Outcome::Kind::kUnreachable && furthest == 0;
    const bool hopeless = outcome.kind == Outcome::Kind::kHopeless;
    const int max_retries =
        no_network ? std::min(options.retries, kUnreachableRetries) : options.retries;
    if (hopeless || !retries.Next(max_retries) || connection == kMaxConnections) {
      throw DownloadFailure(
          hopeless ? Exit::kBadInput : Exit::kStorage,
          fmt::format("cannot download {}: {}{}", source.name, outcome.reason,
                      connection > 1 ? fmt::format(" ({} tries)", connection) : ""));
    }
    if (options.note) options.note(fmt::format("{}; trying again", outcome.reason));
    retries.Pause([&] { ThrowIfCancelled(options); }, std::min(outcome.wait, kLongestServerWait));
  }
}

void DiscardPart(const fs::path& part) {
  std::error_code ignored;
  fs::remove(part, ignored);
  fs::remove(NotesOf(part), ignored);
}

void ThrowIfCancelled(const DownloadOptions& options) {
  if (!options.cancelled || !options.cancelled()) return;
  throw Failure(Exit::kInterrupted, "interrupted; the same command continues the download");
}

}  // namespace verger::cli
