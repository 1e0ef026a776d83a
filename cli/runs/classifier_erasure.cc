#include "cli/runs/classifier_erasure.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/engine/batches.h"

namespace verger::cli {
namespace {

std::vector<std::string> TaughtLabels(const verger_classifier& classifier) {
  const auto json = ParseJson(DescribeClassifier(classifier));
  const auto all = json.at("taught_labels").get<std::set<std::string>>();
  return {all.begin(), all.end()};
}

// Rows of no photo of the output: their paths are none that anybody could mean.
Batch AsRows(const std::vector<std::string>& labels) {
  arrow::StringBuilder paths;
  arrow::StringBuilder names;
  arrow::StringBuilder errors;
  for (const std::string& label : labels) {
    OrThrow(paths.Append(fmt::format("classifier.safetensors#{}", paths.length())));
    OrThrow(names.Append(label));
    OrThrow(errors.AppendNull());
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("path", arrow::utf8()), arrow::field("label", arrow::utf8()),
                     arrow::field("error", arrow::utf8())}),
      std::ssize(labels),
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(paths.Finish()), OrThrow(names.Finish()),
                                                 OrThrow(errors.Finish())});
}

// The labels that the names to forget match.
std::vector<std::string> MatchingLabels(std::vector<std::string> labels,
                                        verger_forgetting& forgetting) {
  const ExportedBatch rows(*AsRows(labels));
  std::int32_t stays = 0;
  const Batch remaining = ImportBatch(verger_forgetting_add_part, &forgetting,
                                      Borrowed(kClassifier), rows.array(), rows.schema(), &stays);
  const auto& numbers = ColumnOf<arrow::Int64Array>(*remaining, "row");
  for (std::int64_t i = numbers.length() - 1; i >= 0; --i) {
    labels.erase(labels.begin() + numbers.Value(i));
  }
  return labels;
}

}  // namespace

ClassifierErasure::ClassifierErasure(const Output& output, verger_forgetting& forgetting)
    : output_(output) {
  try {
    before_ = FindClassifier(output);
  } catch (const Failure& failure) {
    if (failure.exit() != Exit::kBadInput) throw;
    damage_ = failure.what();
    return;
  }
  if (before_) meant_ = MatchingLabels(TaughtLabels(*before_), forgetting);
}

void ClassifierErasure::TrainFor(const Manifest& manifest, int threads, ProgressMode progress) {
  if (!before_) return;
  options_ = SettingsOf(*before_);
  options_.threads = threads;
  options_.progress = progress;
  if (options_.column == "features") Train(manifest);
}

void ClassifierErasure::Train(const Manifest& manifest) {
  try {
    const ClassifierHandle rest = WithoutMeant();
    trained_ = TrainClassifier(output_, manifest, options_, rest ? rest.get() : before_.get());
  } catch (const Interrupted&) {
    throw;
  } catch (const Failure& failure) {
    if (failure.exit() != Exit::kBadInput && failure.exit() != Exit::kUsage) throw;
    problem_ = failure.what();
  }
}

void ClassifierErasure::Remove() const {
  if (before_ || !damage_.empty()) output_.Remove(kClassifier);
}

ErasedClassifier ClassifierErasure::Publish() {
  if (!damage_.empty()) return {"removed", damage_};
  if (!before_) return {};
  if (!trained_ && problem_.empty()) Train(output_.Extracted());
  if (!problem_.empty()) return {"removed", problem_};
  PublishClassifier(output_, *trained_);
  return {"trained", ""};
}

// Nothing if all that was taught is kept.
ClassifierHandle ClassifierErasure::WithoutMeant() const {
  ClassifierHandle rest;
  for (const std::string& label : meant_) {
    verger_classifier* less = nullptr;
    const verger_classifier* from = rest ? rest.get() : before_.get();
    Call(verger_classifier_unteach, from, Borrowed(label), &less);
    rest.reset(less);
  }
  return rest;
}

}  // namespace verger::cli
