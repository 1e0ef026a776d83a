// AWS's files of profiles: what inih reads otherwise than ReadAwsFile, one line a difference.
//
// inih's two lines for a nested setting, "s3 =" and "endpoint_url = x", are joined first.
#include <fmt/core.h>
#include <ini.h>

#include <cctype>
#include <cstdio>
#include <string>

#include "core/runs/aws_profiles.h"

namespace verger {
namespace {

int Add(void* sections, const char* section, const char* name, const char* value) {
  AwsSection& settings = (*static_cast<AwsSections*>(sections))[section];
  std::string key = name;
  for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::string text = value;
  const std::size_t equals = text.find(" = ");
  if (equals != std::string::npos && settings.contains(key)) {
    settings[key + "." + text.substr(0, equals)] = text.substr(equals + 3);
  } else {
    settings[key] = text;
  }
  return 1;
}

void Compare(const char* what, const std::string& text) {
  AwsSections theirs;
  const int line = ini_parse_string(text.c_str(), Add, &theirs);
  const bool same = line == 0 && theirs == ReadAwsFile(text);
  fmt::print("{:55} {}\n", what,
             same       ? "the same"
             : line > 0 ? fmt::format("error in line {}", line)
                        : "not the same");
}

}  // namespace
}  // namespace verger

int main() {
  using verger::Compare;
  Compare("settings of two sections", "[default]\nregion = a\n[profile farm]\nRegion=b\n");
  Compare("a nested setting", "[default]\ns3 =\n  endpoint_url = http://a\nregion = r\n");
  Compare("a name in quotation marks", "[profile \"the farm\"]\nregion = a\n");
  Compare("settings that are indented", "[default]\n  aws_access_key_id = a\n  region = r\n");
  Compare("a session token of 1,000 bytes",
          "[default]\naws_session_token = " + std::string(1000, 'x') + "\nregion = r\n");
  Compare("a value with a semicolon", "[default]\ncredential_process = get --as \"a ;b\"\n");
}
