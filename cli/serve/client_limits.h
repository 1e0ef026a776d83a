// client_limits.h: how many connections and requests of one client are accepted.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "cli/serve/message.h"

namespace verger::cli {

struct ClientLimitOptions {
  int connections = 0;  // of one client at a time; 0: any number
  double rate = 0;  // requests per second of one client, after a burst of two seconds' worth; 0:
                    // any
};

// Counts by address. Addresses are in memory only, and are removed as soon as a client has neither
// connections nor a debt. Not safe from many threads.
class ClientLimits {
 public:
  // `most_clients` bounds the memory: above it, the counts of clients without connections go.
  explicit ClientLimits(ClientLimitOptions options, std::size_t most_clients = 65'536);

  // Counts a connection; false, and does not count it, if there are too many. `client`: of IPv6 the
  // network of 64 bits, which one client usually has.
  bool Connect(const std::string& client);
  void Disconnect(const std::string& client, Clock::time_point now);

  // Counts a request. Returns 0 if it is accepted, else the seconds after which to try again.
  int Admit(const std::string& client, Clock::time_point now);

  std::size_t clients() const { return clients_.size(); }

 private:
  struct Client {
    int connections = 0;
    double tokens = 0;  // requests that it may send at `counted`
    Clock::time_point counted{};
  };

  Client& At(const std::string& client);
  double Burst() const { return 2 * options_.rate < 1 ? 1 : 2 * options_.rate; }
  double TokensOf(const Client& client, Clock::time_point now) const;
  void RemoveIdle(Clock::time_point now);

  ClientLimitOptions options_;
  std::size_t most_clients_;
  std::unordered_map<std::string, Client> clients_;
};

}  // namespace verger::cli
