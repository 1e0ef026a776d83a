// connection.h: one client's connection: requests in, responses out.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "cli/serve/access_log.h"
#include "cli/serve/api.h"
#include "cli/serve/byte_budget.h"
#include "cli/serve/client_limits.h"
#include "cli/serve/metrics.h"

namespace verger::cli {

// How long a client may take.
struct Deadlines {
  std::chrono::milliseconds idle{30'000};     // between requests
  std::chrono::milliseconds head{10'000};     // from the first byte to the end of the header
  std::chrono::milliseconds body{60'000};     // from there to the end of the body
  std::chrono::milliseconds request{90'000};  // from the first byte to the last of the answer
};

class Connection;

// What all connections share, on the server's thread.
struct ServerState {
  boost::asio::io_context& io;
  Api& api;
  Metrics& metrics;
  AccessLog& log;
  Deadlines deadlines;
  ClientLimits clients;
  ByteBudget bodies;
  bool stopping = false;  // each connection ends after the request that it is at
  std::unordered_set<Connection*> connections{};
  std::function<void()> on_last_closed{};  // while stopping

  Gauges Now() const;
};

// Owned by the operations that it waits for; it ends when there is none. All on one thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // Requires: `state` outlives this. `client`: as ClientLimits::Connect() takes it.
  Connection(Socket socket, std::string client, ServerState& state);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Serves requests, or answers the first one with a refusal if the client has too many
  // connections.
  void Start();
  // Answers without a look at the request, and closes.
  void Refuse(Response response);
  // Ends after the request that it is at; between requests, after a moment in which one that is on
  // its way still gets its answer.
  void Stop();
  // Ends at once.
  void Abort();

 private:
  enum class Phase { kIdle, kHead, kBody, kWork, kWrite, kLinger };
  struct Reading;  // Beast's parser and buffer
  struct Answer;   // to a request, from any thread

  void WaitForRequest();
  void ReadHead();
  void OnHead();
  void ReadBody();
  void OnBody();
  void Handle(std::string body);
  void OnAnswer(Answer& answer);
  void Send(Response response);
  void OnSent();
  void Linger();
  void Fail(Response response);
  void Arm(Clock::time_point until);
  void OnDeadline();
  void GiveBackBody();

  Socket socket_;
  boost::asio::steady_timer timer_;
  ServerState& state_;
  const std::string client_;
  bool counted_ = false;  // by state_.clients

  std::unique_ptr<Reading> reading_;
  Phase phase_ = Phase::kIdle;
  bool expired_ = false;       // the read that is under way ends because of its deadline
  bool close_ = false;         // after the response
  bool unread_ = false;        // the client may still send, and would miss the response at a reset
  std::uint64_t request_ = 0;  // its number on this connection
  Clock::time_point begun_{};
  Query query_;
  std::size_t body_bytes_ = 0;  // that were taken from state_.bodies
  std::string head_;            // of the response
  Response response_;
};

}  // namespace verger::cli
