#include "cli/engine/batches.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <utility>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/engine/handles.h"

namespace verger::cli {

Batch ExtractFeatures(const verger_extractor& extractor, const Batch& photos) {
  const ExportedBatch exported(*photos);
  ArrowArray array;
  ArrowSchema schema;
  Call(verger_extract, &extractor, exported.array(), exported.schema(), &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

void AddToMoments(verger_moments& moments, const Batch& features) {
  const ExportedBatch exported(*features);
  Call(verger_moments_add, &moments, exported.array(), exported.schema());
}

void AddToMoments(verger_moments& moments, std::span<const float> rows, int dimension) {
  const auto values = std::make_shared<arrow::FloatArray>(
      static_cast<std::int64_t>(rows.size()), arrow::Buffer::Wrap(rows.data(), rows.size()));
  std::vector<std::int32_t> ends;
  for (std::size_t end = 0; end <= rows.size(); end += static_cast<std::size_t>(dimension)) {
    ends.push_back(static_cast<std::int32_t>(end));
  }
  const auto count = static_cast<std::int64_t>(ends.size()) - 1;
  const auto type = arrow::list(arrow::float32());
  const auto lists = std::make_shared<arrow::ListArray>(
      type, count, arrow::Buffer::FromVector(std::move(ends)), values);
  AddToMoments(moments,
               arrow::RecordBatch::Make(arrow::schema({arrow::field("features", type)}), count,
                                        std::vector<std::shared_ptr<arrow::Array>>{lists}));
}

PcaHandle ReadPca(std::string_view document) {
  verger_pca* pca = nullptr;
  Call(verger_pca_from_json, document.data(), document.size(), &pca);
  return PcaHandle(pca);
}

Batch ProjectFeatures(const verger_pca& pca, verger_scores scores, const Batch& features) {
  const ExportedBatch exported(*features);
  ArrowArray array;
  ArrowSchema schema;
  Call(verger_pca_project, &pca, scores, exported.array(), exported.schema(), &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

}  // namespace verger::cli
