// target.h: the path and the parameters that a request names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace verger::cli {

struct Target {
  std::string path;  // decoded, begins with '/'
  std::map<std::string, std::string> parameters;
};

// Reads "/v1/classify?top=3" or "http://host/v1/classify?top=3". Nothing if it is neither, if a
// percent sign is not followed by two hexadecimal digits, if the path has a 0 byte or a parameter
// is there twice.
std::optional<Target> ParseTarget(std::string_view text);

// A number without sign that takes all of `text`, from `lowest` to `highest`; else nothing.
std::optional<int> ParseNumber(std::string_view text, int lowest, int highest);

}  // namespace verger::cli
