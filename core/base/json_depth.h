// json_depth.h: how deep JSON of others may be nested.
#pragma once

#include <string_view>

namespace verger {

// Documents of Verger, Keras and AWS have less than half as many levels.
inline constexpr int kMaxJsonDepth = 64;

// Whether lists and objects of `json`, which need not be JSON, are nested deeper than that.
//
// nlohmann::json parses any depth, but copies, compares and writes a value by functions that call
// themselves once a level, until the stack ends. So this goes before its parser where text comes
// from outside.
// Cost: a pass over the bytes.
bool IsDeepJson(std::string_view json);

}  // namespace verger
