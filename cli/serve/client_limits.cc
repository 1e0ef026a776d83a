#include "cli/serve/client_limits.h"

#include <algorithm>
#include <cmath>

namespace verger::cli {

ClientLimits::ClientLimits(ClientLimitOptions options, std::size_t most_clients)
    : options_(options), most_clients_(most_clients) {}

ClientLimits::Client& ClientLimits::At(const std::string& client) {
  const auto [at, is_new] = clients_.try_emplace(client);
  if (is_new) at->second.tokens = Burst();
  return at->second;
}

bool ClientLimits::Connect(const std::string& client) {
  Client& state = At(client);
  if (options_.connections > 0 && state.connections >= options_.connections) return false;
  ++state.connections;
  return true;
}

void ClientLimits::Disconnect(const std::string& client, Clock::time_point now) {
  const auto at = clients_.find(client);
  if (at == clients_.end()) return;
  --at->second.connections;
  if (at->second.connections <= 0 && TokensOf(at->second, now) >= Burst()) clients_.erase(at);
  if (clients_.size() > most_clients_) RemoveIdle(now);
}

double ClientLimits::TokensOf(const Client& client, Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - client.counted).count();
  return std::min(Burst(), client.tokens + std::max(0.0, seconds) * options_.rate);
}

int ClientLimits::Admit(const std::string& client, Clock::time_point now) {
  if (options_.rate <= 0) return 0;
  Client& state = At(client);
  state.tokens = TokensOf(state, now);
  state.counted = now;
  if (state.tokens < 1) {
    return std::max(1, static_cast<int>(std::ceil((1 - state.tokens) / options_.rate)));
  }
  state.tokens -= 1;
  return 0;
}

void ClientLimits::RemoveIdle(Clock::time_point now) {
  std::erase_if(clients_, [&](const auto& entry) {
    return entry.second.connections <= 0 && TokensOf(entry.second, now) >= Burst();
  });
  if (clients_.size() <= most_clients_) return;
  std::erase_if(clients_, [](const auto& entry) { return entry.second.connections <= 0; });
}

}  // namespace verger::cli
