// Features to their nearest rows, through the door.
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "core/base/limits.h"

namespace verger::abi {
namespace {

struct SearchOptions {
  Metric metric = Metric::kCosine;
  int threads = 1;
};

Result<SearchOptions> ReadSearch(int dimension, const verger_search_options* options) {
  VERGER_ASSIGN_OR_RETURN(const verger_search_options set, ReadOptions(options));
  VERGER_RETURN_IF_ERROR(Require(dimension >= 1 && dimension <= kMaxDimension,
                                 "search: dimension must be from 1 to 65536"));
  VERGER_RETURN_IF_ERROR(Require(set.threads >= 0, "search: threads must not be negative"));
  SearchOptions read;
  const std::string_view metric = set.metric != nullptr ? set.metric : "cosine";
  if (metric == "euclidean") {
    read.metric = Metric::kEuclidean;
  } else if (metric != "cosine") {
    return Error{Code::kBadCall,
                 fmt::format("metric '{}': there are cosine and euclidean", metric)};
  }
  read.threads = set.threads > 0
                     ? set.threads
                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return read;
}

bool HasColumn(const ArrowSchema* schema, std::string_view name) {
  for (std::int64_t child = 0; schema != nullptr && child < schema->n_children; ++child) {
    const char* its = schema->children[child]->name;
    if (its != nullptr && name == its) return true;
  }
  return false;
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_index_create(int32_t dimension, const verger_search_options* options,
                                  verger_index** index, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(index != nullptr, "verger_index_create: index must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::SearchOptions read, abi::ReadSearch(dimension, options));
    *index = new verger_index(Index(dimension, read.metric, read.threads));
    return Ok();
  });
}

verger_status verger_index_add(verger_index* index, struct ArrowArray* rows,
                               const struct ArrowSchema* rows_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(index != nullptr, "verger_index_add: index must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows read,
        abi::ReadFeatures(rows, rows_schema, index->index.dimension(), /*finite=*/true));
    // What may run out of memory comes first: then nothing of the batch is added.
    if (index->batches.size() == index->batches.capacity()) {
      index->batches.reserve(2 * index->batches.size() + 8);
    }
    index->index.Reserve(read.rows.size());
    for (std::size_t row = 0; row < read.rows.size(); ++row) {
      index->index.Add(read.values[row], index->rows + read.rows[row]);
    }
    index->rows += read.length;
    index->batches.push_back(*rows);
    rows->release = nullptr;
    return Ok();
  });
}

verger_status verger_index_find(verger_index* index, const struct ArrowArray* queries,
                                const struct ArrowSchema* queries_schema, int64_t most,
                                struct ArrowArray* neighbours,
                                struct ArrowSchema* neighbours_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        index != nullptr && neighbours != nullptr && most >= 1,
        "verger_index_find: index and neighbours must not be NULL, most must be 1 or more"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows read,
        abi::ReadFeatures(queries, queries_schema, index->index.dimension(), /*finite=*/true));
    std::vector<Query> all;
    for (const std::span<const float> features : read.values) all.push_back({features, -1});
    if (abi::HasColumn(queries_schema, "row")) {
      VERGER_ASSIGN_OR_RETURN(const abi::NumberColumn own,
                              abi::NumberColumn::Find(queries, queries_schema, "row"));
      for (std::size_t q = 0; q < all.size(); ++q) {
        if (!own.IsNull(read.rows[q])) all[q].own_row = own[read.rows[q]];
      }
    }
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(most, index->index.count()));
    const auto nearest = index->index.Find(all, count);
    abi::Integers query;
    abi::Integers row;
    abi::Doubles distance;
    for (std::size_t q = 0; q < nearest.size(); ++q) {
      for (const Neighbor& neighbor : nearest[q]) {
        query.values.push_back(read.rows[q]);
        row.values.push_back(neighbor.row);
        distance.values.push_back(neighbor.distance);
      }
    }
    const auto length = static_cast<std::int64_t>(row.values.size());
    std::vector<abi::OutColumn> columns;
    columns.push_back({"query", {}, std::move(query)});
    columns.push_back({"row", {}, std::move(row)});
    columns.push_back({"distance", {}, std::move(distance)});
    abi::HandOut(std::move(columns), length, neighbours, neighbours_schema);
    return Ok();
  });
}

void verger_index_free(verger_index* index) { delete index; }

verger_status verger_photo_search_create(int32_t dimension, const struct ArrowArray* queries,
                                         const struct ArrowSchema* queries_schema, int64_t most,
                                         const verger_search_options* options,
                                         verger_photo_search** search, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        search != nullptr && most >= 1,
        "verger_photo_search_create: search must not be NULL, most must be 1 or more"));
    VERGER_ASSIGN_OR_RETURN(const abi::SearchOptions set, abi::ReadSearch(dimension, options));
    VERGER_ASSIGN_OR_RETURN(const abi::FeatureRows read,
                            abi::ReadFeatures(queries, queries_schema, dimension, /*finite=*/true));
    std::vector<PhotoSearch::Query> all;
    for (std::size_t q = 0; q < read.rows.size(); ++q) {
      all.push_back({read.rows[q], {read.values[q].begin(), read.values[q].end()}, ""});
    }
    if (abi::HasColumn(queries_schema, "path")) {
      VERGER_ASSIGN_OR_RETURN(const abi::TextColumn own,
                              abi::TextColumn::Find(queries, queries_schema, "path"));
      for (std::size_t q = 0; q < all.size(); ++q) all[q].own_path = own[read.rows[q]];
    }
    *search = new verger_photo_search{PhotoSearch(
        dimension, set.metric, static_cast<std::size_t>(most), set.threads, std::move(all))};
    return Ok();
  });
}

verger_status verger_photo_search_add(verger_photo_search* search, const struct ArrowArray* rows,
                                      const struct ArrowSchema* rows_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(search != nullptr, "verger_photo_search_add: search must not be NULL"));
    const auto find = [&](const char* name) {
      return abi::TextColumn::Find(rows, rows_schema, name);
    };
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn paths, find("path"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn labels, find("label"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows read,
        abi::ReadFeatures(rows, rows_schema, search->search.dimension(), /*finite=*/true));
    std::vector<std::string_view> path;
    std::vector<std::string_view> label;
    for (const std::int64_t row : read.rows) {
      path.push_back(paths[row]);
      label.push_back(labels[row]);
    }
    search->search.Add(path, label, read.values);
    return Ok();
  });
}

verger_status verger_photo_search_results(const verger_photo_search* search,
                                          struct ArrowArray* neighbours,
                                          struct ArrowSchema* neighbours_schema,
                                          verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(search != nullptr && neighbours != nullptr,
                                        "verger_photo_search_results: no argument may be NULL"));
    abi::Integers query;
    abi::Texts path;
    abi::Texts label;
    abi::Doubles distance;
    for (const NearPhoto& photo : search->search.Results()) {
      query.values.push_back(photo.query);
      path.Add(photo.path);
      label.Add(photo.label);
      distance.values.push_back(photo.distance);
    }
    const auto length = static_cast<std::int64_t>(query.values.size());
    std::vector<abi::OutColumn> columns;
    columns.push_back({"query", {}, std::move(query)});
    columns.push_back({"path", {}, std::move(path)});
    columns.push_back({"label", {}, std::move(label)});
    columns.push_back({"distance", {}, std::move(distance)});
    abi::HandOut(std::move(columns), length, neighbours, neighbours_schema);
    return Ok();
  });
}

void verger_photo_search_free(verger_photo_search* search) { delete search; }

}  // extern "C"
