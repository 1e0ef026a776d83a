#include "cli/storage/s3/settings.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <vector>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/home.h"
#include "cli/base/library.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

// The first of these variables that is set to something; "" if none is.
std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Takes the first line off a text.
std::string_view TakeLine(std::string_view* text) {
  const std::size_t end = text->find('\n');
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return line;
}

// The name of the section that a line opens; nothing if it opens none.
std::optional<std::string_view> SectionOf(std::string_view line) {
  line = Trimmed(line);
  if (!line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  return Trimmed(line.substr(1, line.size() - 2));
}

bool HasSection(std::string_view text, std::string_view section) {
  while (!text.empty()) {
    if (SectionOf(TakeLine(&text)) == section) return true;
  }
  return false;
}

// What the chosen profile says, in either of AWS's two files. Arrow, which reads them later for
// credentials, would take a relative HOME as it is: the environment gives it their paths.
class Profile {
 public:
  Profile() : name_(FromEnvironment({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})) {
    const bool chosen = !name_.empty();
    if (!chosen) name_ = "default";
    Read("AWS_CONFIG_FILE", ".aws/config", name_ == "default" ? name_ : "profile " + name_);
    Read("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", name_);
    if (chosen && !found_) {
      throw Failure(
          Exit::kUsage,
          fmt::format("AWS_PROFILE={}: no such profile in {} or {}: {}", name_, files_[0].path,
                      files_[1].path,
                      HomeFolder().empty() ? "there is no home folder: set HOME, or AWS_CONFIG_FILE"
                                           : "choose one that is there, or unset it"));
    }
  }

  // "" if it says nothing of it.
  std::string Value(std::string_view key) const {
    for (const File& file : files_) {
      const std::string value = ProfileValue(file.text, file.section, key).value_or("");
      if (!value.empty()) return value;
    }
    return "";
  }

 private:
  struct File {
    std::string path, section, text;
  };

  void Read(const char* variable, const char* usual, const std::string& section) {
    std::string path = FromEnvironment({variable});
    if (path.empty()) {
      const fs::path home = HomeFolder();
      path = home.empty() ? "/dev/null" : home / usual;
      ::setenv(variable, path.c_str(), 1);
    }
    std::error_code missing;
    const std::string text = fs::is_regular_file(path, missing) ? ReadFile(path) : "";
    found_ |= HasSection(text, section);
    files_.push_back({path, section, text});
  }

  std::string name_;
  std::vector<File> files_;
  bool found_ = false;
};

// Arrow's libraries were built elsewhere and do not know where this system has its certificates.
std::string FindCertificates() {
  std::string named = FromEnvironment({"AWS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"});
  if (!named.empty()) return named;
  for (const char* usual :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    std::error_code missing;
    if (fs::exists(usual, missing)) return usual;
  }
  return "";
}

}  // namespace

void SetEndpoint(std::string_view url, S3Settings* settings) {
  const std::string endpoint = TextOf(verger_endpoint_read, Borrowed(url));
  const std::size_t colon = endpoint.find("://");
  settings->scheme = endpoint.substr(0, colon);
  settings->endpoint = endpoint.substr(colon + 3);
}

S3Settings FindS3Settings(const S3Options& options) {
  S3Settings settings;
  settings.sign = !options.no_sign_request;
  settings.encryption = options.encryption;
  settings.encryption_key = options.encryption_key;
  if (!options.encryption_key.empty() && options.encryption != "aws:kms") {
    throw Failure(Exit::kUsage, "--sse-kms-key-id: give --sse aws:kms as well");
  }
  const std::string given =
      options.regions.empty() ? FromEnvironment({"VERGER_REGIONS"}) : options.regions;
  settings.allowed_regions = TextOf(verger_regions_read, Borrowed(given));
  settings.ca_file = FindCertificates();
  const Profile profile;
  settings.region = FromEnvironment({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (settings.region.empty()) settings.region = profile.Value("region");
  std::string url = FromEnvironment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (url.empty()) url = profile.Value("endpoint_url");
  if (!url.empty()) SetEndpoint(url, &settings);
  settings.path_style =
      options.addressing.empty() ? !settings.endpoint.empty() : options.addressing == "path";
  return settings;
}

std::optional<std::string> ProfileValue(std::string_view text, std::string_view section,
                                        std::string_view key) {
  bool inside = false;
  while (!text.empty()) {
    const std::string_view whole = TakeLine(&text);
    const std::string_view line = Trimmed(whole);
    if (line.starts_with('#') || line.starts_with(';')) continue;
    if (const auto opened = SectionOf(line)) {
      inside = *opened == section;
      continue;
    }
    // Indented lines belong to the setting above them.
    const std::size_t equals = line.find('=');
    if (!inside || equals == std::string_view::npos || whole.front() == ' ' ||
        whole.front() == '\t') {
      continue;
    }
    if (Trimmed(line.substr(0, equals)) == key)
      return std::string(Trimmed(line.substr(equals + 1)));
  }
  return std::nullopt;
}

}  // namespace verger::cli
