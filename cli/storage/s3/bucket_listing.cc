#include "cli/storage/s3/bucket_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/base/error.h"
#include "cli/base/library.h"
#include "cli/base/ordered.h"
#include "cli/storage/batch_store.h"
#include "cli/storage/listed_photos.h"
#include "cli/storage/s3/listing_pieces.h"
#include "cli/storage/s3/object_pages.h"
#include "cli/storage/walked_names.h"

namespace verger::cli {
namespace {

// The stored rows of a piece.
struct PieceRows {
  std::vector<std::size_t> batches;
  std::string first;  // path
  std::string last;
  bool sorted = true;  // strictly ascending paths that are the keys
  verger_listing_counts counts{sizeof(counts), {}, {}};
};

void AddTo(verger_listing_counts* sum, const verger_listing_counts& more) {
  for (int kind = 0; kind < VERGER_KINDS; ++kind) {
    sum->listed[kind] += more.listed[kind];
    sum->passed_over[kind] += more.passed_over[kind];
  }
}

class BucketStream : public PhotoStream {
 public:
  BucketStream(const Bucket& bucket, const ListingOptions& options)
      : bucket_(bucket),
        include_hidden_(options.include_hidden),
        start_(bucket.prefix().empty() ? "" : bucket.prefix() + "/"),
        root_(bucket.prefix().empty() ? bucket.client().bucket() : bucket.prefix()) {
    root_ = root_.substr(root_.rfind('/') + 1);
    if (options.excluded_bucket != bucket.client().bucket()) return;
    // As in a folder: an output that contains the photos excludes none of them.
    if (options.excluded_prefix == start_) {
      gathered_ = true;
    } else if (options.excluded_prefix.starts_with(start_)) {
      excluded_ = options.excluded_prefix;
    }
  }

  std::shared_ptr<arrow::RecordBatch> Next() override {
    if (!gathered_) Gather();
    while (rows_.rows() < kListingRows && (next_ < order_.size() || next_sorted_ < sorted_.size)) {
      if (next_ < order_.size()) {
        AddBatch(store_.Read(order_[next_++]));
      } else {
        AddSorted(next_sorted_++);
      }
    }
    return rows_.rows() == 0 ? nullptr : rows_.Finish();
  }

 private:
  // Rows in memory, in the order of their paths.
  struct Sorted {
    std::vector<ListedPhotos> batches;
    std::vector<std::int64_t> ends;  // of each batch's rows among all
    WalkedNames names;
    std::int64_t size = 0;
  };

  void Gather() {
    gathered_ = true;
    try {
      bool any = false;
      const std::vector<ListingPiece> pieces =
          CutListing(bucket_.client(), start_, excluded_, &any);
      any_ = any;
      std::string last;
      bool sorted = true;
      RunOrdered<PieceRows>(
          pieces.size(), kConcurrentListings,
          [&](std::size_t piece) { return RowsOf(pieces[piece]); },
          [&](std::size_t, PieceRows rows) {
            AddTo(&counts_, rows.counts);
            if (rows.batches.empty()) return;
            sorted = sorted && rows.sorted && last < rows.first;
            last = std::move(rows.last);
            order_.insert(order_.end(), rows.batches.begin(), rows.batches.end());
          });
      if (!any_) {
        throw Failure(Exit::kBadInput,
                      fmt::format("{} has no objects; check the name", bucket_.PathOf("")));
      }
      if (!sorted) SortAll();
    } catch (const Failure& failure) {
      // What cannot be listed is no input; a full disk on this machine ends the run.
      if (failure.exit() != Exit::kStorage || store_failed_) throw;
      throw Failure(Exit::kBadInput, failure.what());
    }
  }

  PieceRows RowsOf(const ListingPiece& piece) {
    PieceRows rows;
    if (!piece.objects.empty()) {
      AddPage(piece.objects, &rows);
      return rows;
    }
    std::string token;
    std::vector<S3Object> objects;
    do {
      ObjectPage page = ListObjects(bucket_.client(), piece.prefix, "", token);
      token = std::move(page.next);
      std::move(page.objects.begin(), page.objects.end(), std::back_inserter(objects));
      // What may be of one shot with the next page's first keys waits for them.
      const auto end = objects.begin() + (token.empty() ? std::ssize(objects) : ShotsEnd(objects));
      std::vector<S3Object> later(std::make_move_iterator(end),
                                  std::make_move_iterator(objects.end()));
      objects.erase(end, objects.end());
      AddPage(objects, &rows);
      objects = std::move(later);
    } while (!token.empty());
    return rows;
  }

  // How many of the objects come before the last shot's: files of one shot have their first bytes
  // in common, and are few.
  static std::ptrdiff_t ShotsEnd(const std::vector<S3Object>& objects) {
    constexpr std::ptrdiff_t kMaxFilesOfShot = 32;
    const std::ptrdiff_t size = std::ssize(objects);
    for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(0, size - kMaxFilesOfShot); i < size; ++i) {
      const std::string& key = objects[static_cast<std::size_t>(i)].key;
      if (objects.back().key.starts_with(TextOf(verger_shot_prefix, Borrowed(key)))) return i;
    }
    return size;
  }

  void AddPage(const std::vector<S3Object>& objects, PieceRows* rows) {
    RawNames names;
    std::vector<const S3Object*> listed;
    for (const S3Object& object : objects) {
      any_ = true;
      if (!object.key.starts_with(start_)) continue;
      if (!excluded_.empty() && object.key.starts_with(excluded_)) continue;
      names.Add(std::string_view(object.key).substr(start_.size()), false);
      listed.push_back(&object);
    }
    const WalkedNames walked = names.Walk("", root_, include_hidden_, &rows->counts);
    if (walked.size() == 0) return;
    ListingBuilder builder;
    for (std::int64_t i = 0; i < walked.size(); ++i) {
      const S3Object& object = *listed[static_cast<std::size_t>(walked.row(i))];
      rows->sorted = rows->sorted && walked.path(i) == walked.raw(i) &&
                     (i == 0 || walked.row(i - 1) < walked.row(i));
      builder.Add({walked.path(i), walked.label(i), object.size, TimeOf(object), walked.problem(i),
                   walked.raw(i)});
    }
    if (rows->batches.empty()) {
      rows->first = walked.path(0);
    } else {
      rows->sorted = rows->sorted && rows->last < walked.path(0);
    }
    rows->last = walked.path(walked.size() - 1);
    rows->batches.push_back(Store(builder.Finish()));
  }

  // Where the listing has no time, the object's own headers may.
  std::optional<std::int64_t> TimeOf(const S3Object& object) const {
    if (object.modified) return object.modified;
    const S3Answer answer = bucket_.client().Send({"HEAD", object.key, "", {}, ""});
    if (!answer.ok() || answer.modified <= 0) return std::nullopt;
    return answer.modified * 1'000'000;
  }

  std::size_t Store(std::shared_ptr<arrow::RecordBatch> batch) {
    try {
      return store_.Add(std::move(batch));
    } catch (...) {
      store_failed_ = true;
      throw;
    }
  }

  // Names the rows again, all together.
  void SortAll() {
    RawNames names;
    for (const std::size_t batch : order_) {
      const ListedPhotos& rows = sorted_.batches.emplace_back(store_.Read(batch));
      for (std::int64_t row = 0; row < rows.size(); ++row) names.Add(rows[row].file, false);
      sorted_.ends.push_back((sorted_.ends.empty() ? 0 : sorted_.ends.back()) + rows.size());
    }
    order_.clear();
    // Files of one shot may only now be side by side.
    std::fill(std::begin(counts_.listed), std::end(counts_.listed), 0);
    sorted_.names = names.Walk("", root_, include_hidden_, &counts_);
    sorted_.size = sorted_.names.size();
  }

  void AddBatch(std::shared_ptr<arrow::RecordBatch> batch) {
    const ListedPhotos photos(std::move(batch));
    for (std::int64_t row = 0; row < photos.size(); ++row) rows_.Add(photos[row]);
  }

  void AddSorted(std::int64_t i) {
    const WalkedNames& names = sorted_.names;
    const std::int64_t row = names.row(i);
    const auto batch = static_cast<std::size_t>(
        std::upper_bound(sorted_.ends.begin(), sorted_.ends.end(), row) - sorted_.ends.begin());
    const std::int64_t begin = batch == 0 ? 0 : sorted_.ends[batch - 1];
    ListedPhoto photo = sorted_.batches[batch][row - begin];
    photo.path = names.path(i);
    photo.label = names.label(i);
    photo.problem = names.problem(i);
    photo.file = names.raw(i);
    rows_.Add(photo);
  }

  const Bucket& bucket_;
  const bool include_hidden_;
  const std::string start_;  // of all keys
  std::string root_;         // name of the whole place
  std::string excluded_;     // of keys to leave alone; "" for none
  bool gathered_ = false;
  std::atomic<bool> any_ = false;  // object, or prefix of one
  std::atomic<bool> store_failed_ = false;
  BatchStore store_;
  std::vector<std::size_t> order_;  // of its batches
  std::size_t next_ = 0;
  Sorted sorted_;
  std::int64_t next_sorted_ = 0;
  ListingBuilder rows_;
};

}  // namespace

std::unique_ptr<PhotoStream> OpenBucketListing(const Bucket& bucket,
                                               const ListingOptions& options) {
  return std::make_unique<BucketStream>(bucket, options);
}

}  // namespace verger::cli
