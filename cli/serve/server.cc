#include "cli/serve/server.h"

#include <fmt/core.h>

#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/reserve.h"
#include "cli/serve/connection.h"
#include "cli/serve/one_block.h"
#include "cli/serve/problem.h"

namespace verger::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

// Connections above the limit that still get an answer.
constexpr std::size_t kRefusedAtATime = 256;
constexpr int kAcceptedAtATime = 64;
constexpr std::chrono::milliseconds kPauseWithoutFiles{100};
constexpr std::chrono::milliseconds kPauseWithoutMemory{10};

tcp::endpoint ParseListen(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  const std::string port_text = colon == std::string::npos ? "" : listen.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  Error error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  unsigned short port = 0;
  const char* const end = port_text.data() + port_text.size();
  const auto [stop, wrong] = std::from_chars(port_text.data(), end, port);
  if (error || port_text.empty() || wrong != std::errc() || stop != end) {
    throw Failure(Exit::kUsage,
                  fmt::format("--listen {}: give an address and a port, such as 127.0.0.1:8080, "
                              "0.0.0.0:8080 or [::1]:8080",
                              listen));
  }
  return {address, port};
}

// Of IPv6 the network of 64 bits.
std::string ClientOf(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  const auto text = [](const auto& bytes, std::size_t count) {
    return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  };
  if (address.is_v4()) return text(address.to_v4().to_bytes(), 4);
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) {
    return text(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_bytes(), 4);
  }
  return text(v6.to_bytes(), 8);
}

class Server {
 public:
  Server(const ServerOptions& options, Api& api, Metrics& metrics, AccessLog& log,
         std::function<void()> on_hangup)
      : options_(options),
        state_{io_,
               api,
               metrics,
               log,
               {options.idle, options.head, options.body, options.request},
               ClientLimits(options.clients),
               ByteBudget(options.body_bytes)},
        on_hangup_(std::move(on_hangup)),
        acceptor_(io_),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        pause_(io_),
        grace_(io_) {
    state_.on_last_closed = [this] { End(); };
  }

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    // Its workers answer to io_, whose last connections would call End().
    state_.api.Finish();
    state_.on_last_closed = nullptr;
  }

  std::string Listen() {
    const tcp::endpoint endpoint = ParseListen(options_.listen);
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen(asio::socket_base::max_listen_connections);
      acceptor_.non_blocking(true);
    } catch (const boost::system::system_error& error) {
      throw Failure(Exit::kFailed,
                    fmt::format("cannot listen at {}: {}; choose another by --listen",
                                options_.listen, error.code().message()));
    }
    const tcp::endpoint bound = acceptor_.local_endpoint();
    const std::string host = bound.address().to_string();
    const bool is_v6 = bound.address().is_v6();
    return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", host, is_v6 ? "]" : "", bound.port());
  }

  void Run() {
    while (true) {
      try {
        Continue();
        io_.run();
        return;
      } catch (const std::bad_alloc&) {
        // The connection that it was for has gone with it. Others may soon give memory back.
        std::this_thread::sleep_for(kPauseWithoutMemory);
      }
    }
  }

 private:
  // Waits for what a server always waits for, and ends what a lack of memory may have cut short.
  void Continue() {
    if (!waits_for_signal_ && !ended_) WaitForSignal();
    if (!accepts_ && !state_.stopping) Accept();
    if (state_.stopping && !has_told_all_) TellAll();
  }

  void WaitForSignal() {
    signals_.async_wait([this](const Error& error, int signal) {
      waits_for_signal_ = false;
      if (error) return;
      if (signal == SIGHUP) {
        on_hangup_();
      } else {
        Stop();
      }
      if (!ended_) WaitForSignal();
    });
    waits_for_signal_ = true;
  }

  // Waits with memory of its own, and accepts in the handler: without memory the client is closed
  // at once. An operation that accepts would fail for want of memory, and its client wait for ever.
  void Accept() {
    const auto open = [this](const Error& stopped) {
      accepts_ = false;
      if (stopped || state_.stopping) return;
      if (AcceptUpTo(kAcceptedAtATime)) return Accept();
      // No descriptor or no memory is left: others must close first.
      pause_.expires_after(kPauseWithoutFiles);
      pause_.async_wait([this](const Error& cancelled) {
        accepts_ = false;
        if (!cancelled) Accept();
      });
      accepts_ = true;  // after the pause
    };
    acceptor_.async_wait(tcp::acceptor::wait_read,
                         asio::bind_allocator(OneBlock<void>(accept_operation_), open));
    accepts_ = true;
  }

  // Opens connections that the system has made for us already. Returns whether all that it tried
  // could be opened.
  bool AcceptUpTo(int most) {
    Error error;
    for (int count = 0; count < most && !error; ++count) {
      tcp::socket socket(io_);
      std::ignore = acceptor_.accept(socket, error);
      if (!error) Open(std::move(socket));
    }
    return !error || error == asio::error::would_block;
  }

  void Open(tcp::socket socket) {
    RequireReserve();
    Error error;
    const tcp::endpoint client = socket.remote_endpoint(error);
    const std::size_t open = state_.connections.size();
    if (error || open >= options_.connections + kRefusedAtATime) return;
    std::ignore = socket.set_option(tcp::no_delay(true), error);
    const auto connection =
        std::make_shared<Connection>(std::move(socket), ClientOf(client), state_);
    if (open < options_.connections) return connection->Start();
    state_.metrics.CountRefusal("connections");
    connection->Refuse(Problem(503, "too many connections: try again later", 1));
  }

  void Stop() {
    if (std::exchange(state_.stopping, true)) return AbortAll();
    TellAll();
  }

  // Tells connections that there is no further request. May be called again.
  void TellAll() {
    if (acceptor_.is_open()) AcceptUpTo(asio::socket_base::max_listen_connections);
    Error ignored;
    std::ignore = acceptor_.close(ignored);
    pause_.cancel();
    if (state_.connections.empty()) {
      has_told_all_ = true;
      return End();
    }
    grace_.expires_after(options_.grace);
    grace_.async_wait([this](const Error& cancelled) {
      if (!cancelled) AbortAll();
    });
    // None of them ends, and takes itself out of the set, before an operation of its own does.
    for (Connection* connection : state_.connections) connection->Stop();
    has_told_all_ = true;
  }

  void AbortAll() {
    for (Connection* connection : state_.connections) connection->Abort();
    io_.stop();  // photos that a worker still has are answered to nobody
  }

  void End() {
    ended_ = true;
    grace_.cancel();
    signals_.cancel();
  }

  const ServerOptions& options_;
  ServerState state_;
  const std::function<void()> on_hangup_;
  bool waits_for_signal_ = false;
  bool accepts_ = false;       // or pauses
  bool has_told_all_ = false;  // that it stops
  bool ended_ = false;
  alignas(std::max_align_t) std::array<std::byte, 512> accept_operation_;  // Asio's
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer pause_;
  asio::steady_timer grace_;
};

}  // namespace

bool IsLoopback(const std::string& listen) { return ParseListen(listen).address().is_loopback(); }

void Serve(const ServerOptions& options, Api& api, Metrics& metrics, AccessLog& log,
           const std::function<void(const std::string&)>& on_listening,
           const std::function<void()>& on_hangup) {
  Server server(options, api, metrics, log, on_hangup);
  on_listening(server.Listen());
  server.Run();
}

}  // namespace verger::cli
