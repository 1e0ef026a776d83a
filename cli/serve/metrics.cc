#include "cli/serve/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace verger::cli {
namespace {

constexpr std::array<double, 14> kSeconds = {.001, .0025, .005, .01, .025, .05, .1,
                                             .25,  .5,    1,    2.5, 5,    10,  30};

void Describe(std::string_view name, const char* type, const char* help, std::string& text) {
  fmt::format_to(std::back_inserter(text), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

template <typename Number>
void WriteGauge(std::string_view name, const char* help, Number value, std::string& text) {
  Describe(name, "gauge", help, text);
  fmt::format_to(std::back_inserter(text), "{} {}\n", name, value);
}

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

void WriteCounts(std::string_view name, const char* help, const Counts& counts, std::string& text) {
  Describe(name, "counter", help, text);
  for (const auto& [reason, count] : counts) {
    fmt::format_to(std::back_inserter(text), "{}{{reason=\"{}\"}} {}\n", name, reason, count);
  }
}

void CountIn(Counts& counts, std::string_view reason) {
  const auto at = counts.find(reason);
  if (at == counts.end()) {
    counts.emplace(reason, 1);
  } else {
    ++at->second;
  }
}

}  // namespace

void Histogram::Add(double value) {
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  ++counts_[static_cast<std::size_t>(bucket)];
  sum_ += value;
}

void Histogram::Write(std::string_view name, std::string_view labels, std::string& text) const {
  const auto out = std::back_inserter(text);
  const char* comma = labels.empty() ? "" : ",";
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < bounds_.size(); ++at) {
    count += counts_[at];
    fmt::format_to(out, "{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma, bounds_[at], count);
  }
  count += counts_.back();
  fmt::format_to(out, "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, labels, comma, count);
  const std::string braces = labels.empty() ? "" : fmt::format("{{{}}}", labels);
  fmt::format_to(out, "{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, braces, sum_, count);
}

Metrics::Metrics() : batches_({1, 2, 3, 4, 8, 16, 32, 64}) {}

void Metrics::CountRequest(std::string_view route, int status, double seconds) {
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(route), status}];
  auto at = seconds_.find(route);
  if (at == seconds_.end())
    at = seconds_.emplace(route, Histogram({kSeconds.begin(), kSeconds.end()})).first;
  at->second.Add(seconds);
}

void Metrics::CountBatch(std::size_t photos) {
  const std::lock_guard lock(mutex_);
  batches_.Add(static_cast<double>(photos));
}

void Metrics::CountReject(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  CountIn(rejects_, reason);
}

void Metrics::CountRefusal(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  CountIn(refusals_, reason);
}

void Metrics::CountReload(bool succeeded) {
  const std::lock_guard lock(mutex_);
  ++reloads_[succeeded ? 1 : 0];
}

std::string Metrics::Text(const Gauges& gauges) const {
  const std::lock_guard lock(mutex_);
  std::string text;
  const auto out = std::back_inserter(text);
  Describe("verger_requests_total", "counter", "Requests that were answered.", text);
  for (const auto& [key, count] : requests_) {
    fmt::format_to(out, "verger_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first,
                   key.second, count);
  }
  Describe("verger_request_seconds", "histogram",
           "Time from the first byte of a request to the last of its answer.", text);
  for (const auto& [route, histogram] : seconds_) {
    histogram.Write("verger_request_seconds", fmt::format("route=\"{}\"", route), text);
  }
  Describe("verger_batch_photos", "histogram", "Photos that a worker took at a time.", text);
  batches_.Write("verger_batch_photos", "", text);
  WriteCounts("verger_photo_rejects_total", "Photos without an answer.", rejects_, text);
  WriteCounts("verger_refusals_total", "Requests refused because of a limit.", refusals_, text);
  Describe("verger_reloads_total", "counter", "Attempts to load a new version of OUT.", text);
  fmt::format_to(out,
                 "verger_reloads_total{{result=\"failed\"}} {}\n"
                 "verger_reloads_total{{result=\"loaded\"}} {}\n",
                 reloads_[0], reloads_[1]);
  WriteGauge("verger_queue_photos", "Photos that wait for a worker.", gauges.waiting, text);
  WriteGauge("verger_connections", "Open connections.", gauges.connections, text);
  WriteGauge("verger_body_bytes", "Bytes of request bodies in memory.", gauges.body_bytes, text);
  WriteGauge("verger_ready", "1 if photos are classified, else 0.", gauges.ready ? 1 : 0, text);
  return text;
}

}  // namespace verger::cli
