#include "cli/runs/similar.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/ordered.h"
#include "cli/base/text.h"
#include "cli/engine/handles.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/plan.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using SearchHandle = std::unique_ptr<verger_photo_search, FreeBy<verger_photo_search_free>>;

constexpr const char* kInterrupted = "interrupted: nothing was changed";

// Whether a part may have the row of a path.
bool MayHave(const PartEntry& part, const std::string& path) {
  return part.last.empty() || (part.first <= path && path <= part.last);
}

Batch ReadGoodRows(const Output& output, const PartEntry& part) {
  return DecodeGoodRows(output.Read(part.file), output.place().PathOf(part.file.name));
}

std::vector<SimilarPhoto> Read(const Batch& matches) {
  const auto& query = ColumnOf<arrow::Int64Array>(*matches, "query");
  const auto& path = ColumnOf<arrow::StringArray>(*matches, "path");
  const auto& label = ColumnOf<arrow::StringArray>(*matches, "label");
  const auto& distance = ColumnOf<arrow::DoubleArray>(*matches, "distance");
  std::vector<SimilarPhoto> photos;
  for (std::int64_t row = 0; row < matches->num_rows(); ++row) {
    photos.push_back({static_cast<std::size_t>(query.Value(row)), path.GetString(row),
                      label.GetString(row), distance.Value(row)});
  }
  return photos;
}

}  // namespace

Batch AsBatch(const std::vector<SimilarQuery>& queries) {
  const auto values = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder features(arrow::default_memory_pool(), values);
  arrow::StringBuilder rows;
  for (const SimilarQuery& query : queries) {
    OrThrow(features.Append());
    OrThrow(values->AppendValues(query.features));
    OrThrow(rows.Append(query.row));
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("features", arrow::list(arrow::float32())),
                     arrow::field("path", arrow::utf8())}),
      std::ssize(queries),
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(features.Finish()),
                                                 OrThrow(rows.Finish())});
}

std::vector<SimilarQuery> QueriesOfRows(const Output& output,
                                        const std::vector<std::string>& rows) {
  std::map<std::string, std::vector<float>> features_by_path;
  for (const PartEntry& part : output.Extracted().preprocessing) {
    std::vector<std::string> missing_rows;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(missing_rows),
                 [&](const std::string& row) {
                   return !features_by_path.contains(row) && MayHave(part, row);
                 });
    if (missing_rows.empty()) continue;
    ThrowIfInterrupted(kInterrupted);
    const Batch batch = ReadGoodRows(output, part);
    const auto& paths = ColumnOf<arrow::StringArray>(*batch, "path");
    const auto& features = ColumnOf<arrow::ListArray>(*batch, "features");
    const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
    for (std::int64_t at = 0; at < batch->num_rows(); ++at) {
      const std::string path = paths.GetString(at);
      if (std::find(missing_rows.begin(), missing_rows.end(), path) == missing_rows.end()) continue;
      const float* begin = values.raw_values() + features.value_offset(at);
      features_by_path[path].assign(begin, begin + features.value_length(at));
    }
  }
  std::vector<SimilarQuery> queries;
  for (const std::string& row : rows) {
    const auto at = features_by_path.find(row);
    if (at == features_by_path.end()) {
      throw Failure(Exit::kBadInput,
                    fmt::format("{}: no row '{}' with features: give a path as its rows have it; "
                                "verger show lists some",
                                output.place().PathOf(""), Printable(row)));
    }
    queries.push_back({row, at->second, row});
  }
  return queries;
}

std::vector<SimilarPhoto> FindSimilar(const Output& output,
                                      const std::vector<SimilarQuery>& queries,
                                      const SimilarOptions& options) {
  const Manifest& manifest = output.Extracted();
  const int threads = UsableThreads(options.threads);
  const verger_search_options settings{sizeof(settings), options.metric.c_str(), threads};
  const ExportedBatch exported(*AsBatch(queries));
  verger_photo_search* created = nullptr;
  Call(verger_photo_search_create, manifest.model.dimension, exported.array(), exported.schema(),
       options.most, &settings, &created);
  const SearchHandle search(created);
  const std::vector<PartEntry>& parts = manifest.preprocessing;
  Progress progress({"search", ProgressUnit::kPhotos, static_cast<std::uint64_t>(manifest.rows()),
                     options.progress});
  RunOrdered<Batch>(
      parts.size(), std::min(threads, kReadersOfParts),
      [&](std::size_t part) { return ReadGoodRows(output, parts[part]); },
      [&](std::size_t, const Batch& rows) {
        ThrowIfInterrupted(kInterrupted);
        const ExportedBatch batch(*rows);
        Call(verger_photo_search_add, search.get(), batch.array(), batch.schema());
        progress.Add(static_cast<std::uint64_t>(rows->num_rows()));
      });
  progress.Finish();
  return Read(ImportBatch(verger_photo_search_results, search.get()));
}

}  // namespace verger::cli
