#include "cli/runs/map.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/ordered.h"
#include "cli/engine/handles.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/plan.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using IndexHandle = std::unique_ptr<verger_index, FreeBy<verger_index_free>>;

constexpr const char* kInterrupted = "interrupted: nothing was written";
// Photos whose neighbours are asked for in one call: after each a run can be interrupted.
constexpr std::int64_t kQueries = 256;

std::vector<Batch> ReadResults(const Output& output, int threads) {
  const std::vector<ResultEntry>& results = output.Reduced().results;
  std::vector<Batch> parts;
  RunOrdered<Batch>(
      results.size(), std::min(threads, kReadersOfParts),
      [&](std::size_t part) {
        const FileEntry& file = results[part].part.file;
        return DecodeResults(output.Read(file), output.place().PathOf(file.name), ResultsColumns());
      },
      [&](std::size_t, Batch batch) {
        ThrowIfInterrupted(kInterrupted);
        parts.push_back(std::move(batch));
      });
  return parts;
}

Batch FeaturesOf(const Batch& rows) { return OrThrow(rows->SelectColumns({2})); }

IndexHandle IndexOf(const std::vector<Batch>& parts, int dimension, const std::string& metric,
                    int threads) {
  const verger_search_options options{sizeof(options), metric.c_str(), threads};
  verger_index* created = nullptr;
  Call(verger_index_create, dimension, &options, &created);
  IndexHandle index(created);
  for (const Batch& part : parts) {
    ExportedBatch rows(*FeaturesOf(part));
    Call(verger_index_add, index.get(), rows.array(), rows.schema());
  }
  return index;
}

// The column `neighbors`, as Embedding Atlas takes it.
std::shared_ptr<arrow::Array> NeighborsOf(verger_index& index, const std::vector<Batch>& parts,
                                          std::int64_t rows, const MapOptions& options) {
  const auto ids = std::make_shared<arrow::Int64Builder>();
  const auto distances = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder all_ids(arrow::default_memory_pool(), ids);
  arrow::ListBuilder all_distances(arrow::default_memory_pool(), distances);
  Progress progress(
      {"compare", ProgressUnit::kPhotos, static_cast<std::uint64_t>(rows), options.progress});
  for (const Batch& part : parts) {
    const Batch features = FeaturesOf(part);
    for (std::int64_t first = 0; first < features->num_rows(); first += kQueries) {
      ThrowIfInterrupted(kInterrupted);
      const Batch some = features->Slice(first, kQueries);
      const ExportedBatch queries(*some);
      const Batch neighbors = ImportBatch(verger_index_find, &index, queries.array(),
                                          queries.schema(), options.neighbors);
      const auto& query = ColumnOf<arrow::Int64Array>(*neighbors, "query");
      const auto& row = ColumnOf<arrow::Int64Array>(*neighbors, "row");
      const auto& distance = ColumnOf<arrow::DoubleArray>(*neighbors, "distance");
      for (std::int64_t at = 0; at < neighbors->num_rows(); ++at) {
        if (at == 0 || query.Value(at) != query.Value(at - 1)) {
          OrThrow(all_ids.Append());
          OrThrow(all_distances.Append());
        }
        OrThrow(ids->Append(row.Value(at)));
        OrThrow(distances->Append(static_cast<float>(distance.Value(at))));
      }
      progress.Add(static_cast<std::uint64_t>(some->num_rows()));
    }
  }
  progress.Finish();
  return OrThrow(
      arrow::StructArray::Make({OrThrow(all_ids.Finish()), OrThrow(all_distances.Finish())},
                               std::vector<std::string>{"ids", "distances"}));
}

// A column of all parts. Lists of parts that an earlier Verger wrote become as those of today.
std::shared_ptr<arrow::ChunkedArray> ColumnIn(const std::vector<Batch>& parts, const char* name) {
  const auto vector = arrow::list(arrow::field("element", arrow::float32(), false));
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const Batch& part : parts) {
    const auto array = part->GetColumnByName(name);
    const auto data = array->data()->Copy();
    if (array->type_id() == arrow::Type::LIST) data->type = vector;  // laid out the same
    arrays.push_back(arrow::MakeArray(data));
  }
  return OrThrow(arrow::ChunkedArray::Make(std::move(arrays)));
}

// One of the pca_features of every row.
std::shared_ptr<arrow::Array> AxisOf(const std::vector<Batch>& parts, std::int64_t axis) {
  arrow::FloatBuilder values;
  for (const Batch& part : parts) {
    const auto& lists = ColumnOf<arrow::ListArray>(*part, "pca_features");
    const auto& numbers = static_cast<const arrow::FloatArray&>(*lists.values());
    for (std::int64_t row = 0; row < lists.length(); ++row) {
      if (lists.value_length(row) <= axis) {
        throw Failure(Exit::kStorage,
                      "a row of Results has too few pca_features: run verger verify");
      }
      OrThrow(values.Append(numbers.Value(lists.value_offset(row) + axis)));
    }
  }
  return OrThrow(values.Finish());
}

}  // namespace

std::shared_ptr<arrow::Table> MakeMap(const Output& output, const MapOptions& options) {
  if (output.Reduced().components < 2) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: a map needs two components: run verger reduce for more",
                              output.place().PathOf("")));
  }
  const int threads = UsableThreads(options.threads);
  const std::vector<Batch> parts = ReadResults(output, threads);
  const std::int64_t rows =
      std::accumulate(parts.begin(), parts.end(), std::int64_t{0},
                      [](std::int64_t sum, const Batch& part) { return sum + part->num_rows(); });
  const IndexHandle index =
      IndexOf(parts, output.Extracted().model.dimension, options.metric, threads);
  const auto chunked = [](std::shared_ptr<arrow::Array> values) {
    return std::make_shared<arrow::ChunkedArray>(std::move(values));
  };
  std::vector<std::pair<std::string, std::shared_ptr<arrow::ChunkedArray>>> columns = {
      {"path", ColumnIn(parts, "path")},
      {"label", ColumnIn(parts, "label")},
      {"projection_x", chunked(AxisOf(parts, 0))},
      {"projection_y", chunked(AxisOf(parts, 1))},
      {"neighbors", chunked(NeighborsOf(*index, parts, rows, options))},
      {"pca_features", ColumnIn(parts, "pca_features")}};
  if (options.features) columns.emplace_back("features", ColumnIn(parts, "features"));
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::ChunkedArray>> arrays;
  for (auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type(), false));
    arrays.push_back(values);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays, rows);
}

}  // namespace verger::cli
