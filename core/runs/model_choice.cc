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

ModelChoice LikeRows(ModelChoice request, const ModelIdentity& rows, std::string_view sha256) {
  if (rows.sha256 != sha256) return request;
  for (const std::string_view begin : {"size=", "decode=", "views="}) {
    const std::string_view part = PartOf(rows.preset, begin);
    if (part.empty() || !PartOf(request.preset, begin).empty()) continue;
    if (!request.preset.empty()) request.preset += ',';
    request.preset += part;
  }
  if (request.precision.empty()) request.precision = rows.precision;
  if (request.precision == rows.precision && request.calibration.empty()) {
    request.calibration = rows.calibration;
  }
  return request;
}

}  // namespace verger
