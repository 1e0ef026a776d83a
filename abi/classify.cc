// Classifiers and their answers, through the door.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/feature_source.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/transform.h"
#include "core/classify/classifier_file.h"
#include "core/classify/ranking.h"
#include "core/classify/teach.h"

namespace verger::abi {
namespace {

// The columns of verger_classify, filled row by row.
class AnswerColumns {
 public:
  AnswerColumns(const Classifier& classifier, std::int64_t length, int top)
      : classifier_(classifier),
        top_(std::min<std::size_t>(static_cast<std::size_t>(top), classifier.labels.size())),
        valid_(static_cast<std::size_t>(length)) {}

  void AddNull() {
    label_.Add("");
    probability_.values.push_back(0);
    unknown_.values.push_back(false);
    novelty_.values.push_back(0);
    EndLists();
  }

  void Add(std::span<const float> probabilities, float novelty) {
    valid_[probability_.values.size()] = true;
    const Ranking ranking = Rank(classifier_.confidence, probabilities, novelty);
    label_.Add(classifier_.labels[ranking.labels[0]]);
    probability_.values.push_back(probabilities[ranking.labels[0]]);
    unknown_.values.push_back(ranking.unknown);
    novelty_.values.push_back(novelty);
    for (std::size_t i = 0; i < ranking.set; ++i) {
      set_.texts.Add(classifier_.labels[ranking.labels[i]]);
    }
    for (std::size_t i = 0; i < top_; ++i) {
      top_labels_.texts.Add(classifier_.labels[ranking.labels[i]]);
      top_probabilities_.values.push_back(probabilities[ranking.labels[i]]);
    }
    EndLists();
  }

  void HandOut(ArrowArray* answers, ArrowSchema* schema) && {
    const auto length = static_cast<std::int64_t>(valid_.size());
    top_probabilities_.width = static_cast<int>(top_);
    std::vector<OutColumn> columns;
    columns.push_back({"label", valid_, std::move(label_)});
    columns.push_back({"probability", valid_, std::move(probability_)});
    columns.push_back({"unknown", valid_, std::move(unknown_)});
    columns.push_back({"set", valid_, std::move(set_)});
    columns.push_back({"top", valid_, std::move(top_labels_)});
    columns.push_back({"top_probabilities", valid_, std::move(top_probabilities_)});
    columns.push_back({"novelty", valid_, std::move(novelty_)});
    abi::HandOut(std::move(columns), length, answers, schema);
  }

 private:
  void EndLists() {
    set_.ends.push_back(static_cast<std::int32_t>(set_.texts.size()));
    top_labels_.ends.push_back(static_cast<std::int32_t>(top_labels_.texts.size()));
  }

  const Classifier& classifier_;
  const std::size_t top_;
  std::vector<bool> valid_;
  Texts label_;
  Doubles probability_;
  Flags unknown_;
  TextListColumn set_;
  TextListColumn top_labels_;
  FloatListColumn top_probabilities_;
  Doubles novelty_;
};

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_classifier_fit(const verger_class_moments* moments, verger_text manifest,
                                    const char* method, const char* transform, double shrinkage,
                                    verger_classifier** classifier, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && classifier != nullptr,
                                        "verger_classifier_fit: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Method by, abi::ReadMethod(method));
    VERGER_ASSIGN_OR_RETURN(const Transform own_transform, abi::ReadTransform(transform));
    VERGER_ASSIGN_OR_RETURN(const Manifest output, ReadManifest(abi::AsText(manifest), "manifest"));
    VERGER_ASSIGN_OR_RETURN(abi::OutputFeatures of, abi::FeaturesOf(output, ""));
    if (of.dimension != moments->moments.dimension()) {
      return Error{Code::kBadFeatures,
                   fmt::format("moments of {} numbers, but the output's features have {}",
                               moments->moments.dimension(), of.dimension)};
    }
    VERGER_ASSIGN_OR_RETURN(Classifier fit,
                            TrainByMoments(moments->moments, by, own_transform, shrinkage));
    fit.source = std::move(of.source);
    fit.data = std::move(of.data);
    *classifier = new verger_classifier{std::move(fit)};
    return Ok();
  });
}

verger_status verger_classifier_save(const verger_classifier* classifier, verger_bytes* bytes,
                                     verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(classifier != nullptr && bytes != nullptr,
                                        "verger_classifier_save: arguments must not be NULL"));
    *bytes = abi::HandOut(SaveClassifier(classifier->classifier));
    return Ok();
  });
}

verger_status verger_classifier_load(const void* data, size_t size, const char* name,
                                     verger_classifier** classifier, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(data != nullptr && classifier != nullptr,
                                        "verger_classifier_load: arguments must not be NULL"));
    const std::string_view display_name = name != nullptr ? name : "classifier";
    VERGER_ASSIGN_OR_RETURN(Classifier loaded,
                            LoadClassifier(abi::AsBytes(data, size), display_name));
    *classifier = new verger_classifier{std::move(loaded)};
    return Ok();
  });
}

verger_status verger_classifier_describe(const verger_classifier* classifier, verger_bytes* json,
                                         verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(classifier != nullptr && json != nullptr,
                                        "verger_classifier_describe: arguments must not be NULL"));
    *json = abi::HandOut(Describe(classifier->classifier));
    return Ok();
  });
}

verger_status verger_classifier_check(const verger_classifier* classifier, verger_text manifest,
                                      verger_bytes* note, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(classifier != nullptr && note != nullptr,
                                        "verger_classifier_check: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Manifest output, ReadManifest(abi::AsText(manifest), "manifest"));
    const FeatureSource& source = classifier->classifier.source;
    VERGER_ASSIGN_OR_RETURN(const abi::OutputFeatures of, abi::FeaturesOf(output, source.column));
    if (!source.SameFeatures(of.source)) {
      return Error{
          Code::kBadModel,
          fmt::format("the classifier was trained on {} of {} ({}), the output has those of "
                      "{} ({}){}: run verger train again",
                      source.column, source.name, source.preset, output.model.name,
                      output.model.preset,
                      source.column == "features" ? "" : " by its PCA of now")};
    }
    const bool same = of.data == classifier->classifier.data;
    *note = abi::HandOut(
        same ? ""
             : "the output's rows have changed since the classifier was trained: run verger train "
               "again to learn from all of them");
    return Ok();
  });
}

verger_status verger_classifier_teach(const verger_classifier* classifier, verger_text label,
                                      const struct ArrowArray* features,
                                      const struct ArrowSchema* schema, verger_classifier** taught,
                                      verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(classifier != nullptr && taught != nullptr,
                                        "verger_classifier_teach: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::FeatureRows rows,
                            abi::ReadFeatures(features, schema, classifier->classifier.dimension,
                                              /*finite=*/true));
    std::vector<float> storage;
    VERGER_ASSIGN_OR_RETURN(Classifier more, Teach(classifier->classifier, abi::AsText(label),
                                                   rows.Contiguous(storage)));
    *taught = new verger_classifier{std::move(more)};
    return Ok();
  });
}

verger_status verger_classifier_check_teachable(const verger_classifier* classifier,
                                                verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        classifier != nullptr, "verger_classifier_check_teachable: classifier must not be NULL"));
    return CheckTeachable(classifier->classifier);
  });
}

verger_status verger_classifier_unteach(const verger_classifier* classifier, verger_text label,
                                        verger_classifier** rest, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(classifier != nullptr && rest != nullptr,
                                        "verger_classifier_unteach: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Classifier less, Unteach(classifier->classifier, abi::AsText(label)));
    *rest = new verger_classifier{std::move(less)};
    return Ok();
  });
}

void verger_classifier_free(verger_classifier* classifier) { delete classifier; }

verger_status verger_classify(const verger_classifier* classifier, int32_t top,
                              const struct ArrowArray* features,
                              const struct ArrowSchema* features_schema, struct ArrowArray* answers,
                              struct ArrowSchema* answers_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(classifier != nullptr && answers != nullptr && top >= 1,
                     "verger_classify: no argument may be NULL, and top must be 1 or more"));
    const Classifier& own = classifier->classifier;
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows rows,
        abi::ReadFeatures(features, features_schema, own.dimension, /*finite=*/true));
    VERGER_RETURN_IF_ERROR(
        abi::Require(static_cast<std::uint64_t>(rows.length) * own.labels.size() <=
                         static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()),
                     "verger_classify: too many rows for so many labels in one batch, split it"));
    std::vector<float> storage;
    const Answers all = classifier->answerer.Answer(rows.Contiguous(storage));
    abi::AnswerColumns columns(own, rows.length, top);
    const std::size_t labels = own.labels.size();
    std::size_t next = 0;
    for (std::int64_t row = 0; row < rows.length; ++row) {
      if (next == rows.rows.size() || rows.rows[next] != row) {
        columns.AddNull();
        continue;
      }
      columns.Add(std::span(all.probabilities).subspan(next * labels, labels), all.novelties[next]);
      ++next;
    }
    std::move(columns).HandOut(answers, answers_schema);
    return Ok();
  });
}

}  // extern "C"
