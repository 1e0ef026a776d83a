#include "cli/storage/s3/listing_page.h"

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "cli/base/error.h"
#include "cli/net/url.h"
#include "cli/net/xml.h"

namespace verger::cli {
namespace {

template <typename Number>
bool ReadNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<std::int64_t> ParseS3Time(std::string_view text) {
  namespace chrono = std::chrono;
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (text.size() < 20 || text.back() != 'Z' || text[4] != '-' || text[7] != '-' ||
      text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      !ReadNumber(text.substr(0, 4), &year) || !ReadNumber(text.substr(5, 2), &month) ||
      !ReadNumber(text.substr(8, 2), &day) || !ReadNumber(text.substr(11, 2), &hour) ||
      !ReadNumber(text.substr(14, 2), &minute) || !ReadNumber(text.substr(17, 2), &second)) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year(year), chrono::month(month), chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::string_view fraction = text.substr(19, text.size() - 20);
  std::int64_t millis = 0;
  if (!fraction.empty()) {
    if (fraction[0] != '.' || fraction.size() == 1) return std::nullopt;
    fraction.remove_prefix(1);
    if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    for (std::size_t digit = 0; digit < 3; ++digit) {
      millis = millis * 10 + (digit < fraction.size() ? fraction[digit] - '0' : 0);
    }
  }
  const std::int64_t days = chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1'000'000 + millis * 1000;
}

ObjectPage ParseObjectPage(std::string_view xml) {
  // A thousand keys of the longest kind, each byte as %XX, take 4 MB.
  constexpr std::size_t kMostBytes = std::size_t{16} << 20;
  if (xml.size() > kMostBytes) {
    throw Failure(Exit::kStorage,
                  fmt::format("the server's listing has {} bytes a page, more than {}", xml.size(),
                              kMostBytes));
  }
  pugi::xml_document document;
  const pugi::xml_node root = ReadXml(xml, &document);
  if (std::string_view(root.name()) != "ListBucketResult") {
    throw Failure(Exit::kStorage, "the server's answer is not a listing (ListObjectsV2)");
  }
  const bool encoded = std::string_view(root.child_value("EncodingType")) == "url";
  const auto name_in = [encoded](const pugi::xml_node& node, const char* child) {
    const char* value = node.child_value(child);
    return encoded ? DecodeQuery(value) : std::string(value);
  };
  ObjectPage page;
  for (const pugi::xml_node& node : root.children("Contents")) {
    S3Object object{name_in(node, "Key"), 0, ParseS3Time(node.child_value("LastModified")),
                    node.child_value("ETag")};
    if (object.key.empty() ||
        !ReadNumber(std::string_view(node.child_value("Size")), &object.size) || object.size < 0) {
      throw Failure(Exit::kStorage, "the server's listing has an object without a key or a size");
    }
    page.objects.push_back(std::move(object));
  }
  for (const pugi::xml_node& node : root.children("CommonPrefixes")) {
    page.prefixes.push_back(name_in(node, "Prefix"));
  }
  if (std::string_view(root.child_value("IsTruncated")) == "true") {
    page.next = root.child_value("NextContinuationToken");
    if (page.next.empty()) {
      throw Failure(Exit::kStorage,
                    "the server cuts its listing short without a token of the next page: it does "
                    "not speak ListObjectsV2");
    }
  }
  return page;
}

}  // namespace verger::cli
