// Rows to a classifier, through the door.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/feature_source.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/progress.h"
#include "abi/transform.h"
#include "core/classify/label_rule.h"
#include "core/classify/teach.h"
#include "core/classify/train.h"
#include "core/evaluate/groups.h"
#include "core/runs/manifest.h"

// Rows that were taken so far, and what is to be made of them.
struct verger_training {
  verger::TrainSettings settings;
  verger::LabelRule label_rule;
  verger::FeatureSource source;
  std::string data;
  std::string groups;
  int dimension = 0;
  std::vector<float> features;
  std::vector<std::string> paths;
  std::vector<std::string> labels;
};

namespace verger::abi {
namespace {

Result<TrainSettings> SettingsOf(const verger_train_options& options) {
  TrainSettings settings;
  VERGER_RETURN_IF_ERROR(ReadFit(options, &settings));
  if (options.coverage != 0) settings.coverage = options.coverage;
  if (options.false_accepts != 0) settings.false_accepts = options.false_accepts;
  settings.calibrate = options.hold_nothing_out == 0;
  if (const Progress progress = ProgressOf(options.progress)) {
    settings.progress = [progress](int done, int total) { return progress(done, total); };
  }
  return settings;
}

Result<std::vector<int>> GroupsOf(const verger_training& training) {
  if (training.groups.empty()) return GroupRows(training.paths, training.labels);
  return GroupRowsByPattern(training.paths, training.groups);
}

Result<Classifier> TrainOn(const verger_training& training) {
  std::map<std::string, int> numbers;
  for (const std::string& label : training.labels) numbers[label];
  std::vector<std::string> names;
  for (auto& [name, number] : numbers) {
    number = static_cast<int>(names.size());
    names.push_back(name);
  }
  std::vector<int> labels;
  for (const std::string& label : training.labels) labels.push_back(numbers[label]);
  VERGER_ASSIGN_OR_RETURN(const std::vector<int> groups, GroupsOf(training));
  VERGER_ASSIGN_OR_RETURN(
      Classifier classifier,
      Train({training.dimension, training.features, labels, groups, names}, training.settings));
  classifier.source = training.source;
  classifier.data = training.data;
  classifier.groups = training.groups;
  classifier.label_level = training.label_rule.level();
  classifier.label_table = training.label_rule.table();
  return classifier;
}

Result<Classifier> WithTaught(Classifier classifier, const Classifier& before) {
  if (before.dimension != classifier.dimension || !before.source.SameFeatures(classifier.source)) {
    return classifier;  // what was taught by features of another network means nothing here
  }
  const auto width = static_cast<std::size_t>(before.dimension);
  std::map<std::string, std::vector<float>> taught;
  for (std::size_t i = 0; i < before.taught_labels.size(); ++i) {
    const auto row = std::span(before.taught).subspan(i * width, width);
    std::vector<float>& rows = taught[before.taught_labels[i]];
    rows.insert(rows.end(), row.begin(), row.end());
  }
  for (const auto& [label, rows] : taught) {
    VERGER_ASSIGN_OR_RETURN(classifier, Teach(classifier, label, rows));
  }
  return classifier;
}

// The first row that is not finite, by its path.
Status CheckFinite(const FeatureRows& rows, const TextColumn& paths) {
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    for (const float value : rows.values[i]) {
      if (std::isfinite(value)) continue;
      return Error{
          Code::kBadFeatures,
          fmt::format("{}: its features are not finite: extract it again", paths[rows.rows[i]])};
    }
  }
  return Ok();
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_training_create(verger_text manifest, const verger_train_options* options,
                                     verger_training** training, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(training != nullptr, "verger_training_create: training must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_train_options set, abi::ReadOptions(options));
    VERGER_ASSIGN_OR_RETURN(TrainSettings settings, abi::SettingsOf(set));
    VERGER_ASSIGN_OR_RETURN(const Manifest output, ReadManifest(abi::AsText(manifest), "manifest"));
    VERGER_ASSIGN_OR_RETURN(abi::OutputFeatures of,
                            abi::FeaturesOf(output, abi::AsText(set.column)));
    VERGER_ASSIGN_OR_RETURN(LabelRule label_rule,
                            LabelRule::Create(set.label_level, abi::AsText(set.label_table)));
    *training = new verger_training{std::move(settings),
                                    std::move(label_rule),
                                    std::move(of.source),
                                    std::move(of.data),
                                    std::string(abi::AsText(set.groups)),
                                    of.dimension,
                                    {},
                                    {},
                                    {}};
    return Ok();
  });
}

verger_status verger_training_add(verger_training* training, const struct ArrowArray* rows,
                                  const struct ArrowSchema* schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(training != nullptr, "verger_training_add: training must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn paths,
                            abi::TextColumn::Find(rows, schema, "path"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn labels,
                            abi::TextColumn::Find(rows, schema, "label"));
    VERGER_ASSIGN_OR_RETURN(const abi::FeatureRows read,
                            abi::ReadFeatures(rows, schema, training->dimension, /*finite=*/false));
    VERGER_RETURN_IF_ERROR(abi::CheckFinite(read, paths));
    for (std::size_t i = 0; i < read.rows.size(); ++i) {
      const std::string_view path = paths[read.rows[i]];
      VERGER_ASSIGN_OR_RETURN(const std::string_view label,
                              training->label_rule.LabelOf(path, labels[read.rows[i]]));
      training->paths.emplace_back(path);
      training->labels.emplace_back(label);
      training->features.insert(training->features.end(), read.values[i].begin(),
                                read.values[i].end());
    }
    return Ok();
  });
}

verger_status verger_training_finish(verger_training* training, const verger_classifier* before,
                                     verger_classifier** classifier, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(training != nullptr && classifier != nullptr,
                                        "verger_training_finish: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Classifier trained, abi::TrainOn(*training));
    if (before != nullptr && !before->classifier.taught_labels.empty()) {
      VERGER_ASSIGN_OR_RETURN(trained, abi::WithTaught(std::move(trained), before->classifier));
    }
    *classifier = new verger_classifier{std::move(trained)};
    return Ok();
  });
}

void verger_training_free(verger_training* training) { delete training; }

}  // extern "C"
