// collect.h: rows of outputs on their way to an evaluation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/classify/label_rule.h"
#include "core/evaluate/rows.h"

namespace verger {

// How many rows may be taken with so much memory, in bytes; an evaluation needs four times their
// features. 0 stands for enough of it.
std::int64_t MostRows(std::uint64_t memory, int dimension);

// Takes rows one by one; of more than may be taken, a sample by their rank (core/runs/sample.h).
class RowCollector {
 public:
  // `expected`: rows that will come.
  RowCollector(int dimension, std::int64_t expected, std::int64_t most, LabelRule label_rule = {});

  // Errors: as LabelRule::LabelOf.
  Status Add(std::string_view path, std::string_view label, std::span<const float> features);

  std::int64_t expected() const { return expected_; }
  const std::vector<std::string>& labels() const { return labels_; }

  // The rows. Requires: `label_names` is sorted and has every label of the rows.
  EvaluationRows Finish(const std::vector<std::string>& label_names) &&;

 private:
  const std::int64_t expected_;
  std::uint64_t last_rank_;  // of a sample
  const LabelRule label_rule_;
  EvaluationRows rows_;
  std::vector<std::string> labels_;  // of each row
};

// The labels of both, sorted, each once.
std::vector<std::string> LabelNames(const RowCollector& rows, const RowCollector* test);

}  // namespace verger
