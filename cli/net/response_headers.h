// response_headers.h: the status and headers of a reply.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace verger::cli {

class ResponseHeaders {
 public:
  // Reads one line of a reply's head. A status line begins another reply: the headers before it,
  // such as a redirect's, are dropped.
  void Read(std::string_view line);

  // Of the status line; 0 before there is one.
  long status() const { return status_; }

  // The last value of a header, without spaces around it; "" if there is none. `name`: lower case.
  std::string Value(const std::string& name) const;

  // Units: bytes. Nothing where the header is missing or no number.
  std::optional<std::uint64_t> ContentLength() const;
  std::optional<std::uint64_t> RangeStart() const;  // of Content-Range
  std::optional<std::uint64_t> RangeTotal() const;  // size of what the range is of

  // A header that is a date, as seconds since 1970; 0 where it is missing or no date.
  std::int64_t Time(const std::string& name) const;

 private:
  long status_ = 0;
  std::map<std::string, std::string> values_;
};

}  // namespace verger::cli
