#include "cli/storage/s3/object_pages.h"

#include <fmt/core.h>

#include "cli/base/interrupt.h"
#include "cli/net/url.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

Failure NotAListing(const std::string& path, std::string_view why) {
  return Failure(Exit::kStorage, fmt::format("cannot list '{}': {}; check the endpoint "
                                             "(AWS_ENDPOINT_URL)",
                                             path, why));
}

}  // namespace

ObjectPage ListObjects(S3Client& client, std::string_view prefix, std::string_view delimiter,
                       const std::string& token) {
  ThrowIfInterrupted();
  std::string query;  // sorted by name, as it is signed
  if (!token.empty()) query += fmt::format("continuation-token={}&", EncodeQuery(token));
  if (!delimiter.empty()) query += fmt::format("delimiter={}&", EncodeQuery(delimiter));
  query += "encoding-type=url&list-type=2";
  if (!prefix.empty()) query += fmt::format("&prefix={}", EncodeQuery(prefix));
  const S3Answer answer = client.Send({"GET", "", query, {}, ""});
  if (!answer.ok()) throw S3Failure("list", client.PathOf(prefix), answer);
  ObjectPage page;
  try {
    page = ParseObjectPage(answer.body);
  } catch (const Failure& failure) {
    throw NotAListing(client.PathOf(prefix), failure.what());
  }
  // Or we would ask for ever.
  if (!page.next.empty() && page.next == token) {
    throw NotAListing(client.PathOf(prefix), "the server sends the same page again");
  }
  return page;
}

}  // namespace verger::cli
