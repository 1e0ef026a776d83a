#include "core/runs/aws_profiles.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::string_view kSpace = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string InLetters(std::string_view text, char first, char into) {
  std::string letters(text);
  for (char& c : letters) {
    if (c >= first && c <= first + 25) c = static_cast<char>(c - first + into);
  }
  return letters;
}

std::string Small(std::string_view text) { return InLetters(text, 'A', 'a'); }

std::string_view TakeLine(std::string_view* text) {
  const std::size_t end = text->find('\n');
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return line;
}

// [profile "the farm"] is "profile the farm", however many spaces part them.
std::string SectionName(std::string_view inside) {
  inside = Trimmed(inside);
  const std::size_t space = inside.find_first_of(kSpace);
  if (space == std::string_view::npos) return std::string(inside);
  std::string_view name = Trimmed(inside.substr(space));
  const bool quoted = name.size() >= 2 && name.front() == name.back() &&
                      (name.front() == '"' || name.front() == '\'');
  if (quoted) name = name.substr(1, name.size() - 2);
  return fmt::format("{} {}", inside.substr(0, space), name);
}

bool IsTrue(std::string_view text) { return Small(text) == "true"; }

std::string ValueIn(const AwsSection* section, const std::string& key) {
  if (section == nullptr) return "";
  const auto at = section->find(key);
  return at == section->end() ? "" : at->second;
}

}  // namespace

AwsSections ReadAwsFile(std::string_view text) {
  AwsSections sections;
  AwsSection* section = nullptr;
  std::string above;  // a setting without a value, to which lines that are indented deeper belong
  std::size_t indent_above = 0;
  while (!text.empty()) {
    const std::string_view whole = TakeLine(&text);
    const std::string_view line = Trimmed(whole);
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    if (line.starts_with('[') && line.ends_with(']')) {
      section = &sections[SectionName(line.substr(1, line.size() - 2))];
      above.clear();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (section == nullptr || equals == std::string_view::npos) continue;
    const std::string key = Small(Trimmed(line.substr(0, equals)));
    const std::string value(Trimmed(line.substr(equals + 1)));
    const std::size_t indent = whole.find_first_not_of(kSpace);
    if (!above.empty() && indent > indent_above) {
      (*section)[above + "." + key] = value;
    } else {
      (*section)[key] = value;
      above = value.empty() ? key : "";
      indent_above = indent;
    }
  }
  return sections;
}

Result<AwsProfiles> AwsProfiles::Read(const AwsEnvironment& environment, AwsSteps* steps) {
  AwsProfiles profiles;
  const auto read = [&](const char* variable, const char* usual,
                        std::string* path) -> Result<AwsSections> {
    *path = environment.Variable(variable);
    if (path->empty()) *path = environment.home.empty() ? "/dev/null" : environment.home + usual;
    if (path->starts_with("~/")) path->replace(0, 1, environment.home);
    VERGER_ASSIGN_OR_RETURN(const std::optional<std::string> text, steps->Read(*path));
    return ReadAwsFile(text.value_or(""));
  };
  std::string config, credentials;
  VERGER_ASSIGN_OR_RETURN(profiles.settings_, read("AWS_CONFIG_FILE", "/.aws/config", &config));
  VERGER_ASSIGN_OR_RETURN(profiles.profiles_,
                          read("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials", &credentials));
  for (const auto& [name, section] : profiles.settings_) {
    constexpr std::string_view kProfile = "profile ";
    if (!name.starts_with(kProfile)) continue;
    profiles.profiles_[name.substr(kProfile.size())].insert(section.begin(), section.end());
  }
  // Behind [profile default], which AWS's tools take first.
  if (const auto own = profiles.settings_.find("default"); own != profiles.settings_.end()) {
    profiles.profiles_["default"].insert(own->second.begin(), own->second.end());
  }
  std::string selection = environment.Variable("AWS_PROFILE");
  if (selection.empty()) selection = environment.Variable("AWS_DEFAULT_PROFILE");
  profiles.name_ = selection.empty() ? "default" : selection;
  if (!selection.empty() && profiles.Profile(selection) == nullptr) {
    return Error{
        Code::kBadCall,
        Printable(fmt::format("AWS_PROFILE={}: no such profile in {} or {}: {}", selection, config,
                              credentials,
                              environment.home.empty() ? "there is no home folder: set HOME, or "
                                                         "AWS_CONFIG_FILE"
                                                       : "choose one that is there, or unset it"))};
  }
  return profiles;
}

const AwsSection* AwsProfiles::Profile(const std::string& name) const {
  const auto at = profiles_.find(name);
  return at == profiles_.end() ? nullptr : &at->second;
}

const AwsSection* AwsProfiles::Section(const std::string& name) const {
  const auto at = settings_.find(name);
  return at == settings_.end() ? nullptr : &at->second;
}

std::string AwsProfiles::Value(const std::string& key) const {
  return ValueIn(Profile(name_), key);
}

std::string AwsProfiles::EndpointUrl(const AwsEnvironment& environment,
                                     const std::string& service) const {
  std::string ignore = environment.Variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  if (ignore.empty()) ignore = Value("ignore_configured_endpoint_urls");
  if (IsTrue(ignore)) return "";
  for (const std::string& url :
       {environment.Variable("AWS_ENDPOINT_URL_" + InLetters(service, 'a', 'A')),
        environment.Variable("AWS_ENDPOINT_URL"),
        ValueIn(Section("services " + Value("services")), service + ".endpoint_url"),
        Value("endpoint_url")}) {
    if (!url.empty()) return url;
  }
  return "";
}

std::string AwsProfiles::Region(const AwsEnvironment& environment) const {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const std::string region = environment.Variable(name); !region.empty()) return region;
  }
  return Value("region");
}

Result<nlohmann::json> FindAwsSettings(const AwsEnvironment& environment, AwsSteps* steps) {
  VERGER_ASSIGN_OR_RETURN(const AwsProfiles profiles, AwsProfiles::Read(environment, steps));
  return nlohmann::json{{"region", profiles.Region(environment)},
                        {"endpoint", profiles.EndpointUrl(environment, "s3")}};
}

}  // namespace verger
