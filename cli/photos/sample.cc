#include "cli/photos/sample.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/library.h"
#include "cli/base/limits.h"
#include "cli/photos/listing.h"
#include "cli/photos/read.h"
#include "cli/storage/listed_photos.h"

namespace verger::cli {
namespace {

constexpr const char* kInterrupted = "interrupted: nothing was written";
constexpr std::size_t kConcurrentReads = 8;  // of a bucket

std::size_t PhotosOfLabel() { return static_cast<std::size_t>(Limits().sample_photos_of_label); }

struct Ranked {
  std::uint64_t rank;
  Photo photo;

  bool operator<(const Ranked& other) const {
    return std::pair(rank, std::string_view(photo.path)) <
           std::pair(other.rank, std::string_view(other.photo.path));
  }
};

Photo PhotoOf(const ListedPhoto& listed) {
  return {std::string(listed.path),
          std::string(listed.label),
          listed.file == listed.path ? RareText() : std::string(listed.file),
          listed.size,
          listed.modified.value_or(0),
          std::string(listed.problem)};
}

// The `max_photos` photos of least rank among those that were added.
class Least {
 public:
  explicit Least(std::size_t max_photos) : max_photos_(max_photos) {}

  void Add(std::uint64_t rank, const ListedPhoto& photo) {
    if (heap_.size() == max_photos_ && rank > heap_.front().rank) return;
    heap_.push_back({rank, PhotoOf(photo)});
    std::push_heap(heap_.begin(), heap_.end());
    if (heap_.size() <= max_photos_) return;
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }

  std::vector<Ranked> Sorted() && {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  std::size_t max_photos_;
  std::vector<Ranked> heap_;  // the greatest rank at its front
};

// The photos of least rank of each of so many labels, themselves of least rank.
class LeastOfLabels {
 public:
  explicit LeastOfLabels(std::size_t labels) : max_labels_(labels) {}

  void Add(std::uint64_t rank, const ListedPhoto& photo) {
    if (max_labels_ == 0) return;
    const std::pair label(verger_sample_rank(Borrowed(photo.label)), std::string(photo.label));
    auto at = labels_.find(label);
    if (at == labels_.end()) {
      if (labels_.size() == max_labels_ && label > std::prev(labels_.end())->first) return;
      at = labels_.emplace(label, Least(PhotosOfLabel())).first;
      if (labels_.size() > max_labels_) labels_.erase(std::prev(labels_.end()));
    }
    at->second.Add(rank, photo);
  }

  std::vector<Ranked> Release() && {
    std::vector<Ranked> all;
    for (auto& [label, least] : labels_) {
      for (Ranked& photo : std::move(least).Sorted()) all.push_back(std::move(photo));
    }
    return all;
  }

 private:
  std::size_t max_labels_;
  std::map<std::pair<std::uint64_t, std::string>, Least> labels_;
};

// Photos in the order in which a sample takes them: those of `labels` labels first.
std::vector<Ranked> RankListed(PhotoStream& stream, std::size_t max_photos, std::size_t labels,
                               std::int64_t* listed) {
  Least least(max_photos);
  LeastOfLabels of_labels(labels);
  *listed = 0;
  while (auto batch = stream.Next()) {
    ThrowIfInterrupted(kInterrupted);
    const ListedPhotos photos(std::move(batch));
    for (std::int64_t row = 0; row < photos.size() && *listed < Limits().max_sample_listing;
         ++row) {
      const ListedPhoto photo = photos[row];
      if (photo.path.ends_with('/')) continue;
      ++*listed;
      const std::uint64_t rank = verger_sample_rank(Borrowed(photo.path));
      least.Add(rank, photo);
      of_labels.Add(rank, photo);
    }
    if (*listed == Limits().max_sample_listing) break;
  }
  std::vector<Ranked> ranked = std::move(of_labels).Release();
  std::set<std::string> paths;
  for (const Ranked& each : ranked) paths.insert(each.photo.path);
  for (Ranked& each : std::move(least).Sorted()) {
    if (!paths.contains(each.photo.path)) ranked.push_back(std::move(each));
  }
  return ranked;
}

std::vector<SampledPhoto> Sample(const Place& place, const Place& skip, bool include_hidden,
                                 std::size_t max_photos, std::size_t labels, std::int64_t* listed) {
  std::int64_t count = 0;
  const std::vector<Ranked> ranked =
      RankListed(*OpenListing(place, skip, include_hidden),
                 2 * max_photos + static_cast<std::size_t>(Limits().sample_spares), labels, &count);
  if (listed != nullptr) *listed = count;

  std::vector<SampledPhoto> sample;
  std::deque<PhotoRead> reads;
  std::size_t requested_reads = 0;
  std::size_t bytes = 0;
  for (const Ranked& next : ranked) {
    ThrowIfInterrupted(kInterrupted);
    if (sample.size() == max_photos) break;
    while (requested_reads < ranked.size() && reads.size() < kConcurrentReads) {
      reads.emplace_back(place, ranked[requested_reads++].photo, Limits().max_photo_bytes);
    }
    std::string content;
    const ReadOutcome outcome = reads.front().AppendTo(&content);
    reads.pop_front();
    if (!outcome.error.empty()) continue;
    bytes += content.size();
    if (bytes > static_cast<std::size_t>(Limits().max_sample_bytes) && !sample.empty()) break;
    sample.push_back({next.photo.path, next.photo.label, std::move(content)});
  }
  std::sort(sample.begin(), sample.end(), [](const SampledPhoto& one, const SampledPhoto& other) {
    return one.path < other.path;
  });
  return sample;
}

}  // namespace

std::vector<SampledPhoto> SamplePhotos(const Place& place, const Place& skip, bool include_hidden,
                                       std::size_t max_photos, std::int64_t* listed) {
  return Sample(place, skip, include_hidden, max_photos, 0, listed);
}

std::vector<SampledPhoto> SampleLabels(const Place& place, const Place& skip, bool include_hidden,
                                       std::size_t max_photos, std::int64_t* listed) {
  return Sample(place, skip, include_hidden, max_photos, max_photos / PhotosOfLabel(), listed);
}

}  // namespace verger::cli
