// evaluation.h: how good a classifier trained on an output is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/base/progress.h"
#include "cli/runs/output.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

struct EvaluationOptions {
  std::string method = "relative";
  std::string transform;  // "": chosen
  std::string groups;
  double shrinkage = 0;  // 0: chosen
  double penalty = 0;
  int label_level = 0;
  std::string label_table;  // CSV; "": none
  int threads = 1;
  bool background = true;  // read photos again, for their borders
  std::string photos;      // where they are; "": where the output says they came from
  S3Options s3;
  ProgressMode progress = ProgressMode::kAuto;
};

struct EvaluationReport {
  std::string json;
  std::string text;
};

// `test`, which may be null: another output, by the same network, to be tested on.
//
// Errors: as verger_evaluation_create and the calls behind it; Damaged; Interrupted.
// Memory: about three times the features, or as much as there is, for a sample of the rows.
EvaluationReport EvaluateOutput(const Output& output, const Output* test,
                                const EvaluationOptions& options);

}  // namespace verger::cli
