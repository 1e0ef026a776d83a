// server.h: listens, accepts connections, and stops without losing a request.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "cli/serve/access_log.h"
#include "cli/serve/api.h"
#include "cli/serve/client_limits.h"
#include "cli/serve/metrics.h"

namespace verger::cli {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";   // address:port, or [address]:port; port 0: any free one
  std::chrono::milliseconds idle{30'000};  // as Deadlines
  std::chrono::milliseconds head{10'000};
  std::chrono::milliseconds body{60'000};
  std::chrono::milliseconds request{90'000};
  std::chrono::milliseconds grace{30'000};  // of requests in flight after SIGTERM
  ClientLimitOptions clients;
  std::size_t connections = 4096;      // of all clients
  std::size_t body_bytes = 256 << 20;  // of all bodies in memory
};

// Whether an address that ServerOptions::listen names is reached from this machine only.
// Errors: Failure kUsage if it is no address with a port.
bool IsLoopback(const std::string& listen);

// Serves until SIGINT or SIGTERM: then it takes no connection more, and ends when all requests in
// flight are answered, after `grace` at the latest. A second signal ends it at once. `on_listening`
// gets the URL; `on_hangup` is called for SIGHUP.
//
// Errors: Failure kUsage for an address that is none; kFailed if it cannot be listened at.
void Serve(const ServerOptions& options, Api& api, Metrics& metrics, AccessLog& log,
           const std::function<void(const std::string&)>& on_listening,
           const std::function<void()>& on_hangup);

}  // namespace verger::cli
