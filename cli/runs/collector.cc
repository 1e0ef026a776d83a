#include "cli/runs/collector.h"

#include <fmt/core.h>

#include <span>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/library.h"
#include "cli/engine/batches.h"

namespace verger::cli {
namespace {

constexpr std::size_t kAddedAtOnce = std::size_t{1} << 19;  // numbers: 256 rows of 2048

}  // namespace

bool Collector::Add(DonePhoto photo) {
  const bool own_reject = photo.row.rejected() && !photo.taken_over;
  ++(photo.fresh || own_reject ? extracted_ : reused_);
  if (photo.twin.valid()) photo.extracted = photo.twin.get();
  std::vector<float> of_this_run;
  std::span<const float> features;
  if (photo.new_row) {
    of_this_run = OfThisRun(photo);
    features = of_this_run;
  } else if (photo.extracted) {
    features = photo.extracted->features;
    photo.row.error = photo.extracted->error;
    // Without a size the next run tries the photo again.
    if (verger_may_pass_later(Borrowed(photo.row.error)) != 0) photo.row.size = -1;
  }
  const bool rejected = photo.row.rejected();
  if (photo.fresh && !rejected) shop_.contents.Store(photo.row.sha256, writer_.Next());
  if (added_ != nullptr && !photo.taken_over) {
    waiting_.insert(waiting_.end(), features.begin(), features.end());
    if (waiting_.size() >= kAddedAtOnce) CountAdded();
  }
  // The plan has counted the rows that are taken over.
  if (!photo.taken_over && rejected && rejects_.size() < kRejectsListed) {
    rejects_.push_back({photo.row.path, photo.row.error});
  }
  if (!photo.taken_over && !rejected) labels_.insert(photo.row.label);
  writer_.Add(std::move(photo.row), features);
  return rejected;
}

std::vector<float> Collector::OfThisRun(const DonePhoto& photo) const {
  const NewRow row = *photo.new_row;
  if (row.part == writer_.parts().size()) {
    const std::span<const float> waiting = writer_.FeaturesOfWaiting(row.row);
    return {waiting.begin(), waiting.end()};
  }
  const std::string& part = writer_.parts()[row.part].file.name;
  auto features = shop_.sources.Features(part, -1, photo.row.sha256);
  if (!features) {
    throw Damaged(fmt::format("{}: another program has changed it: run the same command again",
                              shop_.sources.PathOf(part)));
  }
  return *std::move(features);
}

void Collector::CountAdded() {
  if (waiting_.empty()) return;
  AddToMoments(*added_, waiting_, dimension_);
  waiting_.clear();
}

void Collector::Finish() {
  if (added_ != nullptr) CountAdded();
  writer_.Flush();
}

}  // namespace verger::cli
