// http_request.cc: requests to the server, up to where their photo is decoded.
#include <boost/asio/buffer.hpp>

#include "cli/serve/request_head.h"
#include "cli/serve/router.h"
#include "cli/serve/static_files.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  cli::RequestParser parser;
  cli::SetLimits(&parser);
  boost::system::error_code error;
  std::size_t at = 0;
  // In two pieces, as the network may deliver them.
  for (const std::size_t end : {size / 2, size}) {
    while (!parser.is_header_done() && at < end) {
      const std::size_t used = parser.put(boost::asio::buffer(data + at, end - at), error);
      at += used;
      if (error || used == 0) break;
    }
  }
  if (!parser.is_header_done()) return 0;
  const cli::RequestHead head = cli::HeadOf(parser);
  static_cast<void>(cli::AcceptsBrotli(head.accept_encoding));
  for (const bool files : {false, true}) {
    const cli::RouterOptions options{1 << 20, true, files, {"localhost"}};
    const cli::Admission admission = cli::Admit(head, options, 8);
    if (admission.refusal) {
      VERGER_FUZZ_REQUIRE(admission.refusal->status >= 400 && admission.refusal->status < 500);
      continue;
    }
    // Only a photo has a body, of a stated length within the limit.
    const bool has_body = head.content_length.value_or(0) > 0;
    VERGER_FUZZ_REQUIRE(!head.has_transfer_encoding);
    VERGER_FUZZ_REQUIRE(has_body == admission.query.takes_photo());
    VERGER_FUZZ_REQUIRE(head.content_length.value_or(0) <= options.max_bytes);
  }
  return 0;
}
