#include "core/runs/model_choice.h"

#include <algorithm>

namespace verger {
namespace {

// The part of `preset` that begins so; "" if there is none.
std::string_view PartOf(std::string_view preset, std::string_view begin) {
  while (!preset.empty()) {
    const std::string_view part = preset.substr(0, preset.find(','));
    if (part.starts_with(begin)) return part;
    preset.remove_prefix(std::min(preset.size(), part.size() + 1));
  }
  return {};
}

}  // namespace

ModelChoice LikeRows(ModelChoice asked, const ModelIdentity& rows, std::string_view sha256) {
  if (rows.sha256 != sha256) return asked;
  for (const std::string_view begin : {"size=", "decode="}) {
    const std::string_view part = PartOf(rows.preset, begin);
    if (part.empty() || !PartOf(asked.preset, begin).empty()) continue;
    if (!asked.preset.empty()) asked.preset += ',';
    asked.preset += part;
  }
  if (asked.precision.empty()) asked.precision = rows.precision;
  if (asked.precision == rows.precision && asked.calibration.empty()) {
    asked.calibration = rows.calibration;
  }
  return asked;
}

}  // namespace verger
