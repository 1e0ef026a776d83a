// metrics.h: what the server counts, as Prometheus reads it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verger::cli {

// Counts of values up to each of some bounds.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds)
      : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

  void Add(double value);
  // As lines of the exposition format. `labels`: "" or `route="/v1/classify"`.
  void Write(std::string_view name, std::string_view labels, std::string& text) const;

 private:
  std::vector<double> bounds_;  // ascending
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

// What is as it is at the moment.
struct Gauges {
  std::size_t waiting = 0;  // photos that no worker has taken
  std::size_t connections = 0;
  std::size_t body_bytes = 0;  // of bodies in memory
  bool ready = false;
};

// Safe from many threads. No method takes a photo's name, an address or a path that a client sent.
class Metrics {
 public:
  Metrics();

  // `route`: one of the server's own, or "other".
  void CountRequest(std::string_view route, int status, double seconds);
  void CountBatch(std::size_t photos);
  // A photo that got no answer: too_large, not_a_photo, damaged.
  void CountReject(std::string_view reason);
  // A request that was refused because of a limit: queue, memory, rate, connections, deadline.
  void CountRefusal(std::string_view reason);
  void CountReload(bool succeeded);

  // The exposition format, version 0.0.4.
  std::string Text(const Gauges& gauges) const;

 private:
  mutable std::mutex mutex_;  // guards all
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Histogram, std::less<>> seconds_;
  Histogram batches_;
  std::map<std::string, std::uint64_t, std::less<>> rejects_;
  std::map<std::string, std::uint64_t, std::less<>> refusals_;
  std::array<std::uint64_t, 2> reloads_{};
};

}  // namespace verger::cli
