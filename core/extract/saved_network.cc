#include "core/extract/saved_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/sha256.h"
#include "core/model/engine.h"

namespace verger {
namespace {

// Also of how networks are quantised and compiled: to be raised when the same key, of the same
// version of the library, would stand for another network.
constexpr int kLayout = 1;
constexpr std::size_t kDigits = 64;

std::string Magic() { return fmt::format("verger compiled network {}\n", kLayout); }

Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// What follows `prefix`, if `text` begins with it.
std::optional<std::string_view> Behind(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

// Layout: magic, SHA-256 of the rest, key, a 0, the engine's bytes.
std::optional<std::string_view> Content(std::string_view saved, const std::string& key) {
  const auto sealed = Behind(saved, Magic());
  if (!sealed || sealed->size() < kDigits) return std::nullopt;
  const std::string_view rest = sealed->substr(kDigits);
  const auto content = Behind(rest, key + '\0');
  if (!content || Sha256(AsBytes(rest)) != sealed->substr(0, kDigits)) return std::nullopt;
  return content;
}

}  // namespace

bool IsWorthSaving(const Model& model) { return model.precision == Precision::kInt8; }

std::string SavedNetworkKey(const Model& model, const EnginePlan& plan) {
  const auto processor = Engine().get_property("CPU", ov::device::full_name);
  const auto capabilities = Engine().get_property("CPU", ov::device::capabilities);
  return fmt::format(
      "layout {}\nverger {}\nopenvino {}\nprocessor {}: {}\nnetwork {} {}\ncalibration {}\n"
      "batch {}, threads {}, streams {}{}\n",
      kLayout, VERGER_VERSION, ov::get_openvino_version().buildNumber, processor,
      fmt::join(capabilities, " "), model.sha256, Identity(model),
      Sha256(AsBytes(model.calibration)), plan.batch_size, plan.threads, plan.streams,
      model.in_float ? ", in float" : "");
}

std::string Save(ov::CompiledModel& network, const std::string& key) {
  std::ostringstream stream;
  stream << key << '\0';
  network.export_model(stream);
  const std::string rest = std::move(stream).str();
  return Magic() + Sha256(AsBytes(rest)) + rest;
}

std::optional<ov::CompiledModel> Restore(const Model& model, const EnginePlan& plan,
                                         const std::string& key, Bytes saved) {
  const auto content = Content({reinterpret_cast<const char*>(saved.data()), saved.size()}, key);
  if (!content) return std::nullopt;
  try {
    // A stream: of memory the engine would use weights in place, and fails where they are not
    // aligned.
    std::istringstream stream{std::string(*content)};
    return Engine().import_model(stream, "CPU", EngineSettings(model, plan));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace verger
