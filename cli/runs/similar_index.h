// similar_index.h: the rows of an output in memory, for many searches.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/output.h"
#include "cli/runs/similar.h"

namespace verger::cli {

// Finds what FindSimilar() finds, without reading the output again. Safe from many threads, which
// take turns.
//
// Memory: for 1280 features some 6.4 kB a row.
class SimilarIndex {
 public:
  // Reads all rows that have features. Errors: Failure kStorage for a damaged output; kUsage.
  SimilarIndex(const Output& output, const std::string& metric, int threads);

  // The nearest photos of each query in turn, nearest first. SimilarQuery::row is ignored.
  // Errors: Failure kBadInput for features of another length.
  std::vector<SimilarPhoto> Find(const std::vector<SimilarQuery>& queries, std::int64_t most) const;

  std::int64_t rows() const { return rows_; }

 private:
  using IndexHandle = std::unique_ptr<verger_index, FreeBy<verger_index_free>>;

  // Names of consecutive rows.
  struct Names {
    std::int64_t first;
    std::shared_ptr<arrow::Array> paths;
    std::shared_ptr<arrow::Array> labels;
  };

  SimilarPhoto PhotoOf(std::int64_t row) const;

  mutable std::mutex mutex_;  // guards index_
  IndexHandle index_;
  std::vector<Names> names_;  // by `first`
  std::int64_t rows_ = 0;
};

}  // namespace verger::cli
