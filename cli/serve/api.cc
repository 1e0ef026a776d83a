#include "cli/serve/api.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/verger.h"
#include "cli/base/json.h"
#include "cli/serve/problem.h"

extern "C" {
// openapi.S
extern const char verger_openapi[];
extern const char verger_openapi_end[];
}

namespace verger::cli {
namespace {

Response Ready(const Gauges& gauges) {
  if (!gauges.ready) {
    return Problem(503, "not ready: the server is stopping, or OUT has no classifier yet", 5);
  }
  return {200, "application/json", R"({"status":"ready"})"};
}

}  // namespace

Api::Api(Served served, const ApiOptions& options, Metrics& metrics)
    : router_(options.router),
      metrics_(metrics),
      served_(std::move(served)),
      batcher_(
          options.batcher, [](const PhotoJob& job) { return job.query.views; },
          [](const PhotoJob& job) { return job.photo.size(); },
          [this](std::vector<PhotoJob>& jobs) {
            const Served now = this->served();
            AnswerPhotos(*now, jobs, metrics_);
          }) {}

std::string Api::OpenApi() const {
  const char* const begin = verger_openapi;
  auto document = ParseOrderedJson({begin, static_cast<std::size_t>(verger_openapi_end - begin)});
  document["info"]["version"] = verger_version();
  auto& views = document["components"]["parameters"]["views"]["schema"]["enum"];
  if (const int most = served()->views; most > 1) views.push_back(most);
  if (!router_.similar) document["paths"].erase("/v1/similar");
  return FormatJson(document);
}

Admission Api::Check(const RequestHead& head) const {
  return Admit(head, router_, served()->views);
}

void Api::Enqueue(Query query, std::string body, Clock::time_point deadline, Respond respond) {
  PhotoJob job{std::move(query), std::move(body), deadline, std::move(respond)};
  if (batcher_.Add(std::move(job))) return;
  metrics_.CountRefusal("queue");
  job.respond(Problem(503, "too many photos wait: try again later", 1));
}

void Api::Handle(Query query, std::string body, Clock::time_point deadline, Respond respond,
                 const std::function<Gauges()>& gauges) {
  switch (query.route) {
    case Route::kClassify:
    case Route::kSimilar:
    case Route::kFeatures:
      return Enqueue(std::move(query), std::move(body), deadline, std::move(respond));
    case Route::kHealth:
      return respond(Response{200, "application/json", R"({"status":"ok"})"});
    case Route::kReady:
      return respond(Ready(gauges()));
    case Route::kMetrics:
      return respond(Response{200, "text/plain; version=0.0.4", metrics_.Text(gauges())});
    case Route::kOpenApi:
      return respond(Response{200, "application/json", OpenApi()});
    case Route::kFile:
      if (const Served now = served(); now->files) return respond(now->files->Find(query));
      break;
    case Route::kOther:
      break;
  }
  respond(Problem(404, "there is nothing here: /openapi.json lists what there is"));
}

void Api::Replace(Served served) {
  const std::lock_guard lock(mutex_);
  served_ = std::move(served);
}

Served Api::served() const {
  const std::lock_guard lock(mutex_);
  return served_;
}

}  // namespace verger::cli
