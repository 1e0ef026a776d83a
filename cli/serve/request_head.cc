#include "cli/serve/request_head.h"

namespace verger::cli {
namespace {

namespace http = boost::beast::http;

std::string Text(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void SetLimits(RequestParser* parser) {
  parser->header_limit(kMostHeadBytes);
  parser->body_limit(boost::none);
}

RequestHead HeadOf(const RequestParser& parser) {
  const auto& message = parser.get();
  RequestHead head;
  head.method = Text(message.method_string());
  head.target = Text(message.target());
  head.hosts = static_cast<int>(message.count(http::field::host));
  head.host = Text(message[http::field::host]);
  head.http_1_0 = message.version() == 10;
  head.has_transfer_encoding = message.count(http::field::transfer_encoding) != 0;
  if (const auto length = parser.content_length()) head.content_length = *length;
  head.content_type = Text(message[http::field::content_type]);
  head.content_encoding = Text(message[http::field::content_encoding]);
  head.accept_encoding = Text(message[http::field::accept_encoding]);
  head.if_none_match = Text(message[http::field::if_none_match]);
  return head;
}

}  // namespace verger::cli
