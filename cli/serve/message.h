// message.h: requests and responses, without the network.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace verger::cli {

using Clock = std::chrono::steady_clock;

// A request up to its body.
struct RequestHead {
  std::string method;  // GET, HEAD, POST or any other text
  std::string target;  // as sent: /v1/classify?top=3
  int hosts = 1;       // Host fields
  std::string host{};  // name[:port], of the last of them
  bool http_1_0 = false;
  bool has_transfer_encoding = false;
  std::optional<std::uint64_t> content_length;
  std::string content_type;
  std::string content_encoding;
  std::string accept_encoding;
  std::string if_none_match;
};

struct Response {
  int status = 200;
  std::string content_type{};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  // Takes the place of `body`: bytes that many responses share.
  std::shared_ptr<const std::string> shared_body{};

  const std::string& Body() const { return shared_body ? *shared_body : body; }
};

// Called once, on any thread. Takes nothing where memory does not suffice for a response; does not
// throw on a worker's thread.
using Respond = std::function<void(std::optional<Response>)>;

}  // namespace verger::cli
