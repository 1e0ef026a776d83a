#include "cli/base/json.h"

#include <nlohmann/json.hpp>

namespace verger::cli {

nlohmann::json ParseJson(std::string_view text) { return nlohmann::json::parse(text); }

nlohmann::ordered_json ParseOrderedJson(std::string_view text) {
  return nlohmann::ordered_json::parse(text);
}

std::string FormatJson(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string FormatJson(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace verger::cli
