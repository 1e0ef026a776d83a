// response_headers.cc: the heads of replies of servers, a line each.
#include "cli/net/response_headers.h"

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  std::string_view text = fuzz::AsText(data, size);
  cli::ResponseHeaders headers;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    headers.Read(text.substr(0, end == std::string_view::npos ? end : end + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  static_cast<void>(headers.ContentLength());
  static_cast<void>(headers.RangeStart());
  static_cast<void>(headers.RangeTotal());
  VERGER_FUZZ_REQUIRE(headers.Time("last-modified") >= 0);
  VERGER_FUZZ_REQUIRE(headers.Value("etag").size() <= size);
  return 0;
}
