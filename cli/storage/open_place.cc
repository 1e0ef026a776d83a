#include "cli/storage/open_place.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "cli/base/library.h"
#include "cli/base/text.h"
#include "cli/storage/folder.h"
#include "cli/storage/s3/bucket.h"
#include "cli/storage/s3/region_guard.h"

namespace verger::cli {
namespace {

Failure NoPlace(const std::string& name, std::string_view why) {
  return Failure(Exit::kUsage, fmt::format("{}: {}", Printable(name), why));
}

std::shared_ptr<Place> OpenBucket(const std::string& name, std::string_view rest,
                                  const S3Options& options) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string bucket(rest.substr(0, slash));
  std::string_view prefix = rest.substr(std::min(slash + 1, rest.size()));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (bucket.empty() || prefix.starts_with('/') || prefix.find("//") != std::string_view::npos) {
    throw NoPlace(name, "a name in it is empty: write s3://bucket/prefix");
  }
  Call(verger_bucket_check, Borrowed(rest));
  S3Settings settings = FindS3Settings(options);
  // AWS's certificates, of *.s3.REGION.amazonaws.com, do not hold for names with dots.
  if (options.addressing.empty() && bucket.find('.') != std::string::npos) {
    settings.path_style = true;
  }
  std::uint64_t retries = 0;
  settings = GuardRegion(std::move(settings), bucket, &retries);
  auto client = std::make_shared<S3Client>(std::move(settings), bucket, retries);
  return std::make_shared<Bucket>(name, std::string(prefix), std::move(client));
}

}  // namespace

std::string SchemeOf(const std::string& name) {
  const std::size_t colon = name.find("://");
  if (colon == std::string::npos || colon == 0) return "";
  std::string scheme = name.substr(0, colon);
  for (char& c : scheme) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '.' && c != '-') return "";
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return scheme;
}

std::shared_ptr<Place> OpenPlace(const std::string& name, const S3Options& s3) {
  if (name.empty()) throw NoPlace("''", "no name of a folder: give a folder or s3://bucket/prefix");
  const std::string scheme = SchemeOf(name);
  if (name.starts_with("s3:") && scheme.empty()) {
    throw NoPlace(name, "write s3://bucket/prefix, or ./ before the name of a folder");
  }
  if (name.starts_with("arn:")) Call(verger_bucket_check, Borrowed(name));
  if (scheme.empty()) return std::make_shared<Folder>(name);
  const std::string rest = name.substr(scheme.size() + 3);
  if (scheme == "file") {
    if (rest.starts_with('/')) return std::make_shared<Folder>(rest);
    throw NoPlace(name, "names a host: write file:///folder, or the folder alone");
  }
  if (scheme == "s3" || scheme == "s3a" || scheme == "s3n") return OpenBucket(name, rest, s3);
  throw NoPlace(name, "cannot be opened: give a folder or s3://bucket/prefix");
}

}  // namespace verger::cli
