// batches.h: Arrow C++ batches through verger.h.
#pragma once

#include <arrow/record_batch.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "abi/verger.h"
#include "cli/engine/handles.h"

namespace verger::cli {

using Batch = std::shared_ptr<arrow::RecordBatch>;

// A column by its name. Requires: it is there, and of this type. Valid while `batch` is.
template <typename ArrayType>
const ArrayType& ColumnOf(const arrow::RecordBatch& batch, const std::string& name) {
  return static_cast<const ArrayType&>(*batch.GetColumnByName(name));
}

// In: a column `content`. Out: `features` and `error`, the same rows.
// Errors: Failure. Safe from many threads.
Batch ExtractFeatures(const verger_extractor& extractor, const Batch& photos);

// Counts in the column `features`. Errors: Failure.
void AddToMoments(verger_moments& moments, const Batch& features);

// The same of rows of float32. Shape: row-major, `dimension` numbers each.
void AddToMoments(verger_moments& moments, std::span<const float> rows, int dimension);

// A PCA from the document of Model/pca.json. Errors: Failure kBadInput.
PcaHandle ReadPca(std::string_view document);

// In: a column `features`. Out: `pca_features`, the same rows.
// Errors: Failure. Safe from many threads.
Batch ProjectFeatures(const verger_pca& pca, verger_scores scores, const Batch& features);

}  // namespace verger::cli
