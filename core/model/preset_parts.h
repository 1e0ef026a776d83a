// preset_parts.h: the parts of a preset as text, each both ways.
#pragma once

#include <string>
#include <string_view>

#include "core/model/preset.h"

namespace verger {

// Sets the part `key` of `preset`. Errors: kBadCall, with what there is to choose from.
Status SetPart(std::string_view key, std::string_view value, Preset* preset);

std::string ScaleText(const Preset& preset);
std::string_view ChannelsText(const Preset& preset);
std::string ResizeText(const Preset& preset);

}  // namespace verger
