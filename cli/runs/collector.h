// collector.h: done photos, in their order, to rows of parts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/part_writer.h"
#include "cli/runs/photo_batch.h"

namespace verger::cli {

// For one thread.
class Collector {
 public:
  // `added` counts the features of rows that are not taken over; null: nobody asks.
  // Requires: all outlive this.
  Collector(const Workshop& shop, PartWriter& writer, verger_moments* added, int dimension)
      : shop_(shop), writer_(writer), added_(added), dimension_(dimension) {}

  // Returns whether the photo was rejected. Errors: Failure.
  bool Add(DonePhoto photo);

  // Writes what waits. Errors: Failure.
  void Finish();

  std::int64_t extracted() const { return extracted_; }  // now, or rejected now
  std::int64_t reused() const { return reused_; }
  const std::set<std::string>& labels() const { return labels_; }  // of rows with features
  const std::vector<Reject>& rejects() const { return rejects_; }  // new ones, the first hundred

 private:
  std::vector<float> OfThisRun(const DonePhoto& photo) const;
  void CountAdded();

  const Workshop& shop_;
  PartWriter& writer_;
  verger_moments* const added_;
  const int dimension_;
  std::vector<float> waiting_;  // for `added_`
  std::int64_t extracted_ = 0;
  std::int64_t reused_ = 0;
  std::set<std::string> labels_;
  std::vector<Reject> rejects_;
};

}  // namespace verger::cli
