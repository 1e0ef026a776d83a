// What was measured and chosen, as JSON.
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/json.h"
#include "core/tune/choose.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Measured& measured, const Choice& choice, std::size_t at) {
  const Model& model = *measured.model;
  Json json = {{"model", model.name},
               {"sha256", model.sha256},
               {"precision", NameOf(model.precision)},
               {"identity", Identity(model)},
               {"width", model.preset.input.width},
               {"height", model.preset.input.height},
               {"dimension", model.dimension},
               {"reference", measured.reference},
               {"lost", measured.lost},
               {"photos", measured.photos},
               {"taken", at == choice.winner},
               {"as_good", static_cast<bool>(choice.as_good[at])},
               {"why_not", choice.others[at]}};
  if (measured.photos == 0) return json;
  json.update({{"photos_per_second", measured.photos_per_second},
               {"speed", measured.speed},
               {"prepare_seconds", measured.prepare_seconds},
               {"mean_cosine", measured.mean_cosine},
               {"least_cosine", measured.least_cosine},
               {"classed", measured.classed},
               {"right", measured.right},
               {"base_right", measured.base_right}});
  if (measured.classed > 0) {
    json["accuracy"] = static_cast<double>(measured.right) / measured.classed;
  }
  return json;
}

}  // namespace

std::string ToJson(const TuneReport& report, const Choice& choice) {
  Json candidates = Json::array();
  for (std::size_t at = 0; at < report.candidates.size(); ++at) {
    candidates.push_back(ToJson(report.candidates[at], choice, at));
  }
  const Json json = {{"threads", report.threads},
                     {"sample", report.sample},
                     {"rejected", report.rejected},
                     {"labels", report.labels},
                     {"groups", report.groups},
                     {"chance", report.chance},
                     {"seconds", report.seconds},
                     {"short_work", report.short_work},
                     {"taken", choice.winner},
                     {"by_labels", choice.by_labels},
                     {"most_accurate", choice.most_accurate},
                     {"rule", choice.rule},
                     {"why", choice.why},
                     {"candidates", candidates}};
  return FormatJson(json);
}

}  // namespace verger
