#include "core/evaluate/evaluation_json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "core/base/json.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLeaks = 50;

// Floats in their shortest decimal form, not as doubles.
double Short(float value) { return std::round(static_cast<double>(value) * 1e6) / 1e6; }

Json ToJson(const std::vector<ReliabilityBin>& bins) {
  Json json = Json::array();
  for (const ReliabilityBin& bin : bins) {
    if (bin.photos == 0) continue;
    json.push_back(
        {{"photos", bin.photos}, {"probability", bin.probability}, {"accuracy", bin.accuracy}});
  }
  return json;
}

Json ToJson(const Figures& figures) {
  return {{"accuracy", figures.accuracy},
          {"macro_f1", figures.macro_f1},
          {"top3", figures.top3},
          {"calibration_error", figures.calibration_error},
          {"reliability", ToJson(figures.reliability)},
          {"coverage", figures.coverage},
          {"set_size", figures.set_size},
          {"chance", figures.chance},
          {"photos_trained", figures.photos_trained},
          {"photos_tested", figures.photos_tested},
          {"photos_left_out", figures.photos_left_out},
          {"labels", figures.labels},
          {"transform", NameOf(figures.transform)},
          {"shrinkage", figures.shrinkage}};
}

class Document {
 public:
  Document(const Evaluation& evaluation, const EvaluationRows& rows, const EvaluationRows* test)
      : evaluation_(evaluation), rows_(rows), test_(test) {}

  Json Splits() const {
    Json json = {{"photos", evaluation_.photos},
                 {"photos_of_output", evaluation_.photos_of_output},
                 {"labels", rows_.label_names.size()},
                 {"method", NameOf(evaluation_.method)}};
    json["random"] = ToJson(evaluation_.random);
    if (evaluation_.angle) json["angle"] = ToJson(*evaluation_.angle);
    if (evaluation_.axis) json["axis"] = ToJson(*evaluation_.axis);
    json["groups"] = ToJson(evaluation_.groups);
    json["groups"]["groups"] = evaluation_.groups_count;
    json["groups"]["photos_set_aside"] = evaluation_.groups.photos_set_aside;
    const Inflation& inflation = evaluation_.inflation;
    json["honest"] = {{"naive", inflation.naive},
                      {"honest", inflation.honest},
                      {"split", inflation.split},
                      {"inflation", inflation.points},
                      {"reason", inflation.reason}};
    return json;
  }

  Json Unknown() const {
    const verger::Unknown& unknown = evaluation_.unknown;
    if (unknown.draws == 0) return nullptr;
    return {{"auroc", unknown.auroc},
            {"true_accepts", unknown.true_accepts},
            {"false_accepts", kFalseAccepts},
            {"draws", unknown.draws},
            {"labels_held_out", unknown.labels},
            {"split", evaluation_.unknown_split}};
  }

  Json Confusion(const std::vector<Confused>& all) const {
    Json counts = Json::array();
    for (const Confused& each : all) {
      counts.push_back(
          {{"label", Name(each.label)}, {"answer", Name(each.answer)}, {"photos", each.photos}});
    }
    return {{"labels", rows_.label_names}, {"counts", std::move(counts)}};
  }

  Json Mistakes(const std::vector<Tested>& all, const EvaluationRows& of) const {
    Json mistakes = Json::array();
    for (const Tested& photo : all) mistakes.push_back(Mistake(photo, of));
    return mistakes;
  }

  Json LabelErrors() const {
    Json errors = Json::array();
    for (const LabelError& error : evaluation_.label_errors) {
      Json json = Mistake(error.tested, rows_);
      json["neighbours"] = error.neighbours;
      json["of_answer"] = error.of_answer;
      json["of_label"] = error.of_label;
      errors.push_back(std::move(json));
    }
    return errors;
  }

  Json Leaks() const {
    const Likeness& likeness = evaluation_.likeness;
    std::vector<Leak> leaks = likeness.leaks;
    std::sort(leaks.begin(), leaks.end(), [](const Leak& a, const Leak& b) {
      return a.cosine > b.cosine || (a.cosine == b.cosine && a.tested < b.tested);
    });
    const std::size_t listed = std::min(leaks.size(), kMostLeaks);
    Json pairs = Json::array();
    for (std::size_t i = 0; i < listed; ++i) {
      pairs.push_back({{"tested", rows_.paths[leaks[i].tested]},
                       {"trained", rows_.paths[leaks[i].trained]},
                       {"cosine", leaks[i].cosine},
                       {"beside", leaks[i].beside}});
    }
    return {{"photos_tested", likeness.tested},
            {"photos_with_leak", leaks.size()},
            {"compared", likeness.compared.size()},
            {"sampled", likeness.compared.size() < rows_.size()},
            {"alike", kAlike},
            {"alike_across_labels", likeness.alike_across_labels},
            {"alike_beside", kAlikeBeside},
            {"pairs", std::move(pairs)}};
  }

  Json Test() const {
    Json json = ToJson(*evaluation_.test);
    json["photos_alike"] = evaluation_.test_alike;
    json["photos_of_new_labels"] = evaluation_.test_new_labels;
    json["confusion"] = Confusion(evaluation_.test_confusion);
    json["mistakes"] = Mistakes(evaluation_.test_mistakes, *test_);
    return json;
  }

 private:
  const std::string& Name(int label) const {
    return rows_.label_names[static_cast<std::size_t>(label)];
  }

  Json Mistake(const Tested& photo, const EvaluationRows& of) const {
    return {{"path", of.paths[photo.row]},
            {"label", Name(photo.label)},
            {"answer", Name(photo.answer)},
            {"probability", Short(photo.probability)},
            {"label_probability", Short(photo.label_probability)}};
  }

  const Evaluation& evaluation_;
  const EvaluationRows& rows_;
  const EvaluationRows* const test_;
};

Json ToJson(const Background& background) {
  Json json = {{"photos", background.photos}};
  if (background.photos == 0) {
    json["reason"] = background.reason;
    return json;
  }
  json["accuracy"] = background.accuracy;
  json["split"] = background.split;
  json["chance"] = background.chance;
  json["photos_tested"] = background.photos_tested;
  return json;
}

}  // namespace

std::string ToJson(const Evaluation& evaluation, const EvaluationRows& rows,
                   const EvaluationRows* test, const std::optional<Background>& background) {
  const Document document(evaluation, rows, test);
  Json json = document.Splits();
  if (evaluation.test) json["test"] = document.Test();
  json["unknown"] = document.Unknown();
  if (background) json["background"] = ToJson(*background);
  json["confusion"] = document.Confusion(evaluation.confusion);
  json["confusion"]["split"] = evaluation.own_split;
  json["mistakes"] = document.Mistakes(evaluation.mistakes, rows);
  json["label_errors"] = document.LabelErrors();
  json["leaks"] = document.Leaks();
  return FormatJson(json, 1);
}

}  // namespace verger
