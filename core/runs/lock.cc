#include "core/runs/lock.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/json.h"
#include "core/base/json_depth.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

struct Writer {
  std::int64_t process;
  std::string start;
};

// The process on `host` that wrote a document; nothing if none of that host did.
std::optional<Writer> WriterOn(std::string_view host, std::string_view document) {
  if (IsDeepJson(document)) return std::nullopt;
  const Json json = ParseOrderedJsonOrDiscard(document);
  if (!json.is_object() || host.empty()) return std::nullopt;
  const Json named = json.value("host", Json());
  const Json process = json.value("process", Json());
  const Json start = json.value("start", Json());
  if (!named.is_string() || named != host || !process.is_number_integer() || !start.is_string()) {
    return std::nullopt;
  }
  // 0 and negative numbers are groups of processes.
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto number = process.get<std::int64_t>();
  if (number <= 0 || number > kMost) return std::nullopt;
  return Writer{number, start.get<std::string>()};
}

}  // namespace

std::string LockDocument(std::string_view token, const LockHolder& holder) {
  const Json json = {{"token", token},
                     {"host", holder.host},
                     {"process", holder.process},
                     {"start", holder.start}};
  return FormatJson(json) + "\n";
}

std::int64_t LockProcess(std::string_view document, std::string_view host) {
  const std::optional<Writer> writer = WriterOn(host, document);
  return writer ? writer->process : 0;
}

bool LockIsGone(std::string_view document, std::string_view host, std::string_view start_seen,
                bool process_exists, std::int64_t age_seconds) {
  if (age_seconds >= kLockStaleSeconds) return true;
  const std::optional<Writer> writer = WriterOn(host, document);
  if (!writer) return false;
  if (start_seen.empty() || writer->start.empty()) return !process_exists;
  return start_seen != writer->start;
}

}  // namespace verger
