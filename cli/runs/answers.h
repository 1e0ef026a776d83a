// answers.h: the answers of a classifier, and their output formats.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/engine/handles.h"
#include "cli/runs/output.h"
#include "cli/runs/row_writer.h"
#include "cli/runs/training.h"

namespace verger::cli {

// Answers by the classifier of an output.
class Classification {
 public:
  // Requires: `classifier` is of `output`, and outlives this.
  // Errors: Failure kBadInput if it was trained on pca_features that the output no longer has.
  Classification(const Output& output, const verger_classifier& classifier);

  // In: columns path, label, features, error. Out: the columns of the help of verger classify.
  Batch Answer(const Batch& photos, int top) const;

 private:
  const verger_classifier& classifier_;
  PcaHandle pca_;  // of a classifier of pca_features
  verger_scores scores_ = VERGER_SCORES_CENTRED;
};

struct LabelShare {
  std::string label;
  float probability = 0;
};

// The answer for one photo, as verger_classify has it.
struct PhotoAnswer {
  std::string label;
  double probability = 0;
  bool unknown = false;
  std::vector<std::string> set;  // likeliest first
  std::vector<LabelShare> top;   // likeliest first
  double novelty = 0;
};

// A row of Classification::Answer(). Requires: its error is null.
PhotoAnswer AnswerAt(const arrow::RecordBatch& answers, std::int64_t row);

// `format`: text, csv, jsonl or parquet.
std::unique_ptr<RowWriter> OpenAnswers(const std::string& format);

}  // namespace verger::cli
