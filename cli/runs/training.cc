#include "cli/runs/training.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/engine/batches.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using TrainingHandle = std::unique_ptr<verger_training, FreeBy<verger_training_free>>;

constexpr const char* kInterrupted = "interrupted while training: nothing was changed";

std::int32_t StopIfInterrupted(void* /*user*/, std::int64_t /*done*/, std::int64_t /*total*/) {
  return InterruptedBy();
}

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

// Rows of the parts that have the column to learn from, called `features`.
void ReadRows(const Output& output, const Manifest& manifest, const TrainingOptions& options,
              verger_training& training) {
  const bool reduced = options.column == "pca_features";
  std::vector<FileEntry> parts;
  std::uint64_t bytes = 0;
  const auto add = [&](const PartEntry& part) {
    parts.push_back(part.file);
    bytes += static_cast<std::uint64_t>(part.file.bytes);
  };
  if (reduced && manifest.reduction) {
    for (const ResultEntry& result : manifest.reduction->results) add(result.part);
  } else if (!reduced) {
    for (const PartEntry& part : manifest.preprocessing) add(part);
  }
  Progress progress({"read", ProgressUnit::kBytes, bytes, options.progress});
  for (const FileEntry& part : parts) {
    ThrowIfInterrupted(kInterrupted);
    const std::string whole = output.Read(part);
    Batch rows;
    if (reduced) {
      const Batch results = DecodeResults(whole, part.name, {"path", "label", "pca_features"});
      rows = OrThrow(results->RenameColumns({"path", "label", "features"}));
    } else {
      rows = DecodeGoodRows(whole, part.name);
    }
    const ExportedBatch exported(*rows);
    Call(verger_training_add, &training, exported.array(), exported.schema());
    progress.Add(static_cast<std::uint64_t>(part.bytes));
  }
  progress.Finish();
}

}  // namespace

ClassifierHandle TrainClassifier(const Output& output, const Manifest& manifest,
                                 const TrainingOptions& options, const verger_classifier* before) {
  verger_train_options settings{};
  settings.struct_size = sizeof(settings);
  settings.method = options.method.c_str();
  settings.transform = OrNull(options.transform);
  settings.column = options.column.c_str();
  settings.groups = OrNull(options.groups);
  settings.shrinkage = options.shrinkage;
  settings.penalty = options.penalty;
  settings.coverage = options.coverage;
  settings.false_accepts = options.false_accepts;
  settings.threads = options.threads;
  settings.progress = {StopIfInterrupted, nullptr};
  settings.label_level = options.label_level;
  settings.label_table = Borrowed(options.label_table);
  const std::string document = ToJson(manifest);
  verger_training* created = nullptr;
  Call(verger_training_create, Borrowed(document), &settings, &created);
  const TrainingHandle training(created);
  ReadRows(output, manifest, options, *training);
  verger_classifier* classifier = nullptr;
  try {
    Call(verger_training_finish, training.get(), before, &classifier);
  } catch (const Failure&) {
    ThrowIfInterrupted(kInterrupted);
    throw;
  }
  return ClassifierHandle(classifier);
}

TrainingOptions SettingsOf(const verger_classifier& classifier) {
  const auto json = ParseJson(DescribeClassifier(classifier));
  const nlohmann::json& settings = json.at("settings");
  const nlohmann::json& confidence = json.at("confidence");
  TrainingOptions options;
  options.method = settings.at("method");
  options.transform = settings.at("transform");
  options.column = json.at("network").at("column");
  options.groups = settings.at("groups");
  options.label_level = settings.at("label_level");
  options.label_table = settings.at("label_table");
  options.shrinkage = settings.at("shrinkage");
  options.penalty = settings.at("penalty");
  options.coverage = confidence.at("coverage");
  options.false_accepts = confidence.at("false_accepts");
  return options;
}

ClassifierHandle LoadClassifier(const Output& output, const std::string& file) {
  verger_classifier* classifier = nullptr;
  const std::string name = output.place().PathOf(kClassifier);
  Call(verger_classifier_load, file.data(), file.size(), name.c_str(), &classifier);
  return ClassifierHandle(classifier);
}

ClassifierHandle FindClassifier(const Output& output) {
  const auto file = output.place().ReadIfPresent(kClassifier);
  return file ? LoadClassifier(output, *file) : nullptr;
}

ClassifierHandle RequireClassifier(const Output& output) {
  ClassifierHandle classifier = FindClassifier(output);
  if (classifier) return classifier;
  throw Failure(Exit::kBadInput, fmt::format("{} has no classifier: run verger train first",
                                             output.place().PathOf("")));
}

std::string CheckClassifier(const Output& output, const verger_classifier& classifier) {
  const std::string manifest = ToJson(output.Extracted());
  return TextOf(verger_classifier_check, &classifier, Borrowed(manifest));
}

std::int64_t PublishClassifier(const Output& output, const verger_classifier& classifier) {
  return output.Publish(kClassifier, TextOf(verger_classifier_save, &classifier)).bytes;
}

std::string DescribeClassifier(const verger_classifier& classifier) {
  return TextOf(verger_classifier_describe, &classifier);
}

}  // namespace verger::cli
