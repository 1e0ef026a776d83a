#include "cli/runs/similar_index.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <iterator>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/engine/batches.h"
#include "cli/tables/parts.h"

namespace verger::cli {

SimilarIndex::SimilarIndex(const Output& output, const std::string& metric, int threads) {
  const Manifest& manifest = output.Extracted();
  const verger_search_options settings{sizeof(settings), metric.c_str(), threads};
  verger_index* created = nullptr;
  Call(verger_index_create, manifest.model.dimension, &settings, &created);
  index_.reset(created);
  for (const PartEntry& part : manifest.preprocessing) {
    const Batch rows =
        DecodeGoodRows(output.Read(part.file), output.place().PathOf(part.file.name));
    if (rows->num_rows() == 0) continue;
    ExportedBatch features(
        *OrThrow(rows->SelectColumns({rows->schema()->GetFieldIndex("features")})));
    Call(verger_index_add, index_.get(), features.array(), features.schema());
    names_.push_back({rows_, rows->GetColumnByName("path"), rows->GetColumnByName("label")});
    rows_ += rows->num_rows();
  }
}

SimilarPhoto SimilarIndex::PhotoOf(std::int64_t row) const {
  const auto behind = std::ranges::upper_bound(names_, row, {}, &Names::first);
  const Names& names = *std::prev(behind);
  const std::int64_t at = row - names.first;
  SimilarPhoto photo;
  photo.path = static_cast<const arrow::StringArray&>(*names.paths).GetString(at);
  photo.label = static_cast<const arrow::StringArray&>(*names.labels).GetString(at);
  return photo;
}

std::vector<SimilarPhoto> SimilarIndex::Find(const std::vector<SimilarQuery>& queries,
                                             std::int64_t most) const {
  const ExportedBatch exported(
      *OrThrow(AsBatch(queries)->SelectColumns({0})));  // `path` is verger_photo_search's
  Batch matches;
  {
    const std::lock_guard lock(mutex_);
    matches =
        ImportBatch(verger_index_find, index_.get(), exported.array(), exported.schema(), most);
  }
  const auto& query = ColumnOf<arrow::Int64Array>(*matches, "query");
  const auto& row = ColumnOf<arrow::Int64Array>(*matches, "row");
  const auto& distance = ColumnOf<arrow::DoubleArray>(*matches, "distance");
  std::vector<SimilarPhoto> photos;
  for (std::int64_t at = 0; at < matches->num_rows(); ++at) {
    SimilarPhoto photo = PhotoOf(row.Value(at));
    photo.query = static_cast<std::size_t>(query.Value(at));
    photo.distance = distance.Value(at);
    photos.push_back(std::move(photo));
  }
  return photos;
}

}  // namespace verger::cli
