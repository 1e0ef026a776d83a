// similar.h: the photos of an output that lie nearest to others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/engine/batches.h"
#include "cli/runs/output.h"

namespace verger::cli {

// What is searched for.
struct SimilarQuery {
  std::string name;  // for people: the photo's, or of a row its path
  std::vector<float> features;
  std::string row{};  // the path of a row that is not its own neighbour; "": none
};

struct SimilarPhoto {
  std::size_t query = 0;  // among those asked
  std::string path;
  std::string label;
  double distance = 0;
};

struct SimilarOptions {
  std::string metric = "cosine";  // as verger_search_options has it
  std::int64_t most = 10;         // of each query
  int threads = 0;                // 0: UsableThreads()
  ProgressMode progress = ProgressMode::kAuto;
};

// As verger_photo_search_create and verger_index_find take them.
Batch AsBatch(const std::vector<SimilarQuery>& queries);

// The rows of these paths as queries, in that order.
//
// Errors: Failure kBadInput if the output has no such row with features; kStorage.
// Cost:   reads the parts whose paths begin and end around them.
std::vector<SimilarQuery> QueriesOfRows(const Output& output, const std::vector<std::string>& rows);

// The nearest photos of each query in turn, nearest first, as verger_photo_search_results has them.
//
// Cost:   reads Preprocessing; memory for some parts.
// Errors: Failure kStorage for a damaged output; kUsage for a metric that there is not;
// Interrupted.
std::vector<SimilarPhoto> FindSimilar(const Output& output,
                                      const std::vector<SimilarQuery>& queries,
                                      const SimilarOptions& options);

}  // namespace verger::cli
