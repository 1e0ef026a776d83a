#include "cli/engine/batches.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>

#include "cli/base/arrow_errors.h"
#include "cli/engine/handles.h"

namespace verger::cli {
namespace {

// A batch lent to the library for a call.
class Lent {
 public:
  explicit Lent(const Batch& batch) {
    OrThrow(arrow::ExportRecordBatch(*batch, &array_, &schema_));
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
    array_.release(&array_);
    schema_.release(&schema_);
  }

  const ArrowArray* array() const { return &array_; }
  const ArrowSchema* schema() const { return &schema_; }

 private:
  ArrowArray array_;
  ArrowSchema schema_;
};

}  // namespace

Batch ExtractFeatures(const verger_extractor& extractor, const Batch& photos) {
  const Lent lent(photos);
  ArrowArray array;
  ArrowSchema schema;
  Call(verger_extract, &extractor, lent.array(), lent.schema(), &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

void AddToMoments(verger_moments& moments, const Batch& features) {
  const Lent lent(features);
  Call(verger_moments_add, &moments, lent.array(), lent.schema());
}

Batch ProjectFeatures(const verger_pca& pca, verger_scores scores, const Batch& features) {
  const Lent lent(features);
  ArrowArray array;
  ArrowSchema schema;
  Call(verger_pca_project, &pca, scores, lent.array(), lent.schema(), &array, &schema);
  return OrThrow(arrow::ImportRecordBatch(&array, &schema));
}

}  // namespace verger::cli
