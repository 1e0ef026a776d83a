// json.h: JSON from text and to text.
//
// The parser and the serializer of nlohmann::json are templates; json.cc compiles them once, which
// saves each file that calls these functions a second or two.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace verger {

// Errors: nlohmann::json::exception if `text` is not JSON.
nlohmann::json ParseJson(std::string_view text);

// The same, with keys in the order of `text`.
nlohmann::ordered_json ParseOrderedJson(std::string_view text);

// The same, but a discarded value if `text` is not JSON.
nlohmann::json ParseJsonOrDiscard(std::string_view text);
nlohmann::ordered_json ParseOrderedJsonOrDiscard(std::string_view text);

// `json` as text, indented by `indent` spaces a level, or on one line if `indent` is -1. Invalid
// UTF-8, which names of files and networks may hold, is replaced by U+FFFD.
std::string FormatJson(const nlohmann::json& json, int indent = -1);
std::string FormatJson(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace verger
