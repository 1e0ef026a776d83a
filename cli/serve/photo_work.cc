#include "cli/serve/photo_work.h"

#include <arrow/array.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "cli/base/json.h"
#include "cli/base/reserve.h"
#include "cli/serve/problem.h"

namespace verger::cli {
namespace {

using namespace std::string_view_literals;
using Json = nlohmann::ordered_json;

constexpr int kRetrySeconds = 1;

bool LooksLikePhoto(std::string_view bytes) {
  return bytes.starts_with("\xff\xd8\xff"sv) || bytes.starts_with("\x89PNG\r\n\x1a\n"sv) ||
         (bytes.starts_with("RIFF"sv) && bytes.substr(8, 4) == "WEBP"sv);
}

Response Reject(std::string_view photo, const std::string& error, Metrics& metrics) {
  const bool is_late = error.starts_with(VERGER_DECODER_LATE);  // and would be again
  if (!is_late && verger_may_pass_later(Borrowed(error)) != 0) {
    metrics.CountRefusal("memory");
    return Problem(503, error, kRetrySeconds);
  }
  if (error.find("--max-") != std::string::npos) {
    metrics.CountReject("too_large");
    return Problem(413, error + ": send a smaller photo");
  }
  if (!LooksLikePhoto(photo)) {
    metrics.CountReject("not_a_photo");
    return Problem(415, error);
  }
  metrics.CountReject("damaged");
  return Problem(422, error + ": send another photo, or this one as another program writes it");
}

Json ModelOf(const ServedOutput& served, bool with_classifier) {
  Json model = {{"name", served.network.name},
                {"sha256", served.network.sha256},
                {"identity", served.network.identity}};
  if (with_classifier) model["classifier"] = served.classifier_sha256;
  return model;
}

Response Answer(const ServedOutput& served, const PhotoAnswer& answer, int count) {
  Json top = Json::array();
  for (const LabelShare& share : answer.top) {
    if (std::ssize(top) == count) break;
    top.push_back({{"label", share.label}, {"probability", share.probability}});
  }
  const Json json = {{"label", answer.label},         {"probability", answer.probability},
                     {"unknown", answer.unknown},     {"set", answer.set},
                     {"top", std::move(top)},         {"novelty", answer.novelty},
                     {"model", ModelOf(served, true)}};
  return {200, "application/json", FormatJson(json)};
}

std::vector<float> FeaturesAt(const Batch& rows, std::int64_t row) {
  const auto& lists = ColumnOf<arrow::ListArray>(*rows, "features");
  const float* values = static_cast<const arrow::FloatArray&>(*lists.values()).raw_values();
  return {values + lists.value_offset(row), values + lists.value_offset(row + 1)};
}

Response Similar(const ServedOutput& served, std::vector<float> features, int count) {
  Json photos = Json::array();
  for (const SimilarPhoto& photo : served.index->Find({{"", std::move(features)}}, count)) {
    photos.push_back({{"path", photo.path}, {"label", photo.label}, {"distance", photo.distance}});
  }
  return {200, "application/json",
          FormatJson(Json{{"photos", std::move(photos)}, {"model", ModelOf(served, false)}})};
}

Response Features(const ServedOutput& served, const std::vector<float>& features) {
  // Not by the JSON library, which would write each float with the digits of a double.
  std::string body = "{\"features\":[";
  for (const float value : features) fmt::format_to(std::back_inserter(body), "{},", value);
  body.back() = ']';
  body += ",\"model\":" + FormatJson(ModelOf(served, false)) + "}";
  return {200, "application/json", std::move(body)};
}

Response NoClassifier() {
  return Problem(503, "OUT has no classifier: run verger train OUT; it is loaded without a restart",
                 30);
}

// Which jobs are for which answer, once their features are there.
void AnswerRows(const ServedOutput& served, std::span<const PhotoJob> jobs, const Batch& rows,
                std::vector<Response>& responses, Metrics& metrics) {
  const auto& errors = ColumnOf<arrow::StringArray>(*rows, "error");
  int most = 0;
  for (const PhotoJob& job : jobs) {
    if (job.query.route == Route::kClassify) most = std::max(most, job.query.count);
  }
  Batch answers;
  if (most > 0 && served.classification) answers = served.classification->Answer(rows, most);
  for (std::size_t at = 0; at < jobs.size(); ++at) {
    const auto row = static_cast<std::int64_t>(at);
    const Query& query = jobs[at].query;
    if (!errors.IsNull(row)) {
      responses[at] = Reject(jobs[at].photo, errors.GetString(row), metrics);
    } else if (query.route == Route::kSimilar) {
      responses[at] = Similar(served, FeaturesAt(rows, row), query.count);
    } else if (query.route == Route::kFeatures) {
      responses[at] = Features(served, FeaturesAt(rows, row));
    } else {
      responses[at] =
          answers ? Answer(served, AnswerAt(*answers, row), query.count) : NoClassifier();
    }
  }
}

// The responses to all jobs, which it puts into another order.
std::vector<Response> ResponsesTo(const ServedOutput& served, std::vector<PhotoJob>& jobs,
                                  Metrics& metrics) {
  RequireReserve();
  const Clock::time_point now = Clock::now();
  const auto late = std::stable_partition(jobs.begin(), jobs.end(),
                                          [&](const PhotoJob& job) { return job.deadline > now; });
  const std::span in_time(jobs.begin(), late);
  std::vector<Response> responses(jobs.size());
  for (std::size_t at = in_time.size(); at < jobs.size(); ++at) {
    metrics.CountRefusal("deadline");
    responses[at] = Problem(503, "too many photos wait: try again later", kRetrySeconds);
  }
  if (in_time.empty()) return responses;
  metrics.CountBatch(in_time.size());
  try {
    std::vector<std::string_view> photos;
    photos.reserve(in_time.size());
    for (const PhotoJob& job : in_time) photos.emplace_back(job.photo);
    const bool one_view = in_time.front().query.views == 1;
    const Batch rows = (one_view ? served.one_view : served.engine)->Features(photos);
    AnswerRows(served, in_time, rows, responses, metrics);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    std::fill_n(responses.begin(), in_time.size(), Problem(503, error.what(), kRetrySeconds));
  }
  return responses;
}

}  // namespace

void AnswerPhotos(const ServedOutput& served, std::vector<PhotoJob>& jobs, Metrics& metrics) {
  std::vector<Response> responses;
  try {
    responses = ResponsesTo(served, jobs, metrics);
  } catch (const std::bad_alloc&) {
    for (const PhotoJob& job : jobs) job.respond(std::nullopt);
    return;
  }
  for (std::size_t at = 0; at < jobs.size(); ++at) jobs[at].respond(std::move(responses[at]));
}

}  // namespace verger::cli
