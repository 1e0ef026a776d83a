#include "cli/models/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/models/transfer.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kMostConnections = 50;
// Of a server that cannot be reached at all: whoever has no network should hear it soon.
constexpr int kUnreachableRetries = 2;
constexpr double kLongestWait = 16;
constexpr double kLongestWaitAsked = 60;  // by the server

// What is known of a part: which file it is of, and the mark the server gave that version.
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
  WriteFileAtomically(NotesOf(part), notes.dump(2, ' ', false, Json::error_handler_t::replace));
}

// Waits `seconds`, less up to half of it by chance, so that many clients spread.
void Wait(double seconds, const DownloadOptions& options) {
  static std::minstd_rand random(std::random_device{}());
  using Clock = std::chrono::steady_clock;
  seconds *= std::uniform_real_distribution<double>(0.5, 1)(random);
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    if (options.cancelled && options.cancelled()) {
      throw Failure(Exit::kInterrupted,
                    "interrupted; the same command goes on from where the download stopped");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

Download DownloadTo(const fs::path& part, const ModelSource& source,
                    const DownloadOptions& options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Failure(Exit::kFailed, "libcurl does not start");

  std::string validator = ReadValidator(part, source);
  WriteValidator(part, source, validator);
  std::error_code missing;
  const std::uint64_t there = fs::file_size(part, missing);
  if (!missing && source.size != 0 && there == source.size) return Download::kResumed;

  std::uint64_t furthest = missing ? 0 : there;
  bool resumed = false;
  int failures = 0;
  for (int connection = 1;; ++connection) {
    Transfer transfer(part, validator, source, options);
    const Outcome outcome = transfer.Run();
    resumed = transfer.resumed() || (resumed && transfer.size() > 0);
    if (outcome.kind == Outcome::Kind::kDone) {
      return resumed ? Download::kResumed : Download::kFromTheStart;
    }
    if (transfer.validator() != validator && transfer.size() > 0) {
      validator = transfer.validator();
      WriteValidator(part, source, validator);
    }
    failures = transfer.size() > furthest ? 1 : failures + 1;
    furthest = std::max(furthest, transfer.size());
    int allowed = options.retries;
    if (outcome.kind == Outcome::Kind::kUnreachable && furthest == 0) {
      allowed = std::min(allowed, kUnreachableRetries);
    }
    const bool hopeless = outcome.kind == Outcome::Kind::kHopeless;
    if (hopeless || failures > allowed || connection == kMostConnections) {
      throw DownloadFailure(
          hopeless ? Exit::kBadInput : Exit::kStorage,
          fmt::format("cannot download {}: {}{}", source.name, outcome.reason,
                      connection > 1 ? fmt::format(" ({} tries)", connection) : ""));
    }
    const double backoff = std::min(
        kLongestWait, options.first_wait * static_cast<double>(1 << std::min(failures - 1, 10)));
    const double wait = std::max(backoff, std::min(outcome.wait, kLongestWaitAsked));
    if (options.note) options.note(fmt::format("{}; trying again", outcome.reason));
    Wait(wait, options);
  }
}

void DiscardPart(const fs::path& part) {
  std::error_code ignored;
  fs::remove(part, ignored);
  fs::remove(NotesOf(part), ignored);
}

std::string PublicUrl(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parts(curl_url(), curl_url_cleanup);
  char* text = nullptr;
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME)) {
    return url.substr(0, url.find_first_of("?#"));
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                               CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    curl_url_set(parts.get(), part, nullptr, 0);
  }
  if (curl_url_get(parts.get(), CURLUPART_URL, &text, 0)) return "";
  std::string shown = text;
  curl_free(text);
  return shown;
}

}  // namespace verger::cli
