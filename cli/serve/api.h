// api.h: the endpoints, without the network.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "cli/serve/batcher.h"
#include "cli/serve/message.h"
#include "cli/serve/metrics.h"
#include "cli/serve/photo_work.h"
#include "cli/serve/router.h"
#include "cli/serve/served_output.h"

namespace verger::cli {

struct ApiOptions {
  RouterOptions router;
  BatcherOptions batcher;
};

// Safe from many threads.
class Api {
 public:
  // Requires: `served` is not null; `metrics` outlives this.
  Api(Served served, const ApiOptions& options, Metrics& metrics);

  // The OpenAPI document of what is served now, JSON.
  std::string OpenApi() const;

  Admission Check(const RequestHead& head) const;

  // Answers a request that Check() admitted. Photos are answered on a worker thread, all else on
  // the calling one. `gauges` is called for /metrics only.
  void Handle(Query query, std::string body, Clock::time_point deadline, Respond respond,
              const std::function<Gauges()>& gauges);

  // Answers by `served` from now on; photos that a worker has taken are answered by what was there.
  void Replace(Served served);
  Served served() const;

  std::size_t waiting() const { return batcher_.waiting(); }

  // Ends the workers.
  void Finish() { batcher_.Finish(); }

 private:
  void Enqueue(Query query, std::string body, Clock::time_point deadline, Respond respond);

  const RouterOptions router_;
  Metrics& metrics_;
  mutable std::mutex mutex_;  // guards served_
  Served served_;
  Batcher<PhotoJob> batcher_;
};

}  // namespace verger::cli
