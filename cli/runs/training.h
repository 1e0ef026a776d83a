// training.h: the classifier of an output.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/base/progress.h"
#include "cli/engine/handles.h"
#include "cli/runs/output.h"

namespace verger::cli {

inline constexpr const char* kClassifier = "Model/classifier.safetensors";

using ClassifierHandle = std::unique_ptr<verger_classifier, FreeBy<verger_classifier_free>>;

struct TrainingOptions {
  std::string method = "relative";
  std::string transform;  // "": chosen
  std::string column = "features";
  std::string groups;
  int label_level = 0;
  std::string label_table;  // CSV; "": none
  double shrinkage = 0;     // 0: chosen
  double penalty = 0;
  double coverage = 0;
  double false_accepts = 0;
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

// Trains on the rows of the output's version. `before`, which may be null: its taught labels are
// kept.
//
// Errors: Failure kBadInput for rows that nothing can be learned from; Damaged; Interrupted.
// Memory: the features.
ClassifierHandle TrainClassifier(const Output& output, const Manifest& manifest,
                                 const TrainingOptions& options, const verger_classifier* before);

// The settings by which a classifier was trained, to train it again.
TrainingOptions SettingsOf(const verger_classifier& classifier);

// The classifier that is in `file`, that of the output. Errors: Failure kBadInput if it is damaged.
ClassifierHandle LoadClassifier(const Output& output, const std::string& file);

// Nothing if the output has none. Errors: as LoadClassifier.
ClassifierHandle FindClassifier(const Output& output);

// Errors: Failure kBadInput if there is none, with the remedy; as FindClassifier.
ClassifierHandle RequireClassifier(const Output& output);

// A note for people if rows of the output have changed since; "" if not.
// Errors: Failure kBadInput if it was trained on features of another network.
std::string CheckClassifier(const Output& output, const verger_classifier& classifier);

// Puts it into the output, whole. Returns how large it is, in bytes.
std::int64_t PublishClassifier(const Output& output, const verger_classifier& classifier);

// What verger_classifier_describe says.
std::string DescribeClassifier(const verger_classifier& classifier);

}  // namespace verger::cli
