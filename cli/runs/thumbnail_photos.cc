#include "cli/runs/thumbnail_photos.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>

#include "cli/base/arrow_errors.h"
#include "cli/base/interrupt.h"
#include "cli/base/limits.h"
#include "cli/base/ordered.h"
#include "cli/engine/batches.h"
#include "cli/photos/read.h"

namespace verger::cli {
namespace {

constexpr std::size_t kPhotosOfATask = 32;
constexpr int kBucketReaders = 16;

class ThumbnailReader {
 public:
  ThumbnailReader(const ThumbnailOptions& options,
                  const std::function<void(const ExportedBatch&)>& add)
      : options_(options), add_(add) {}

  std::string Run(const std::vector<Photo>& photos) {
    Progress progress({"thumbnails", ProgressUnit::kPhotos, photos.size(), options_.progress});
    const std::size_t tasks = (photos.size() + kPhotosOfATask - 1) / kPhotosOfATask;
    const int calls = std::min(kBucketReaders, options_.photos->concurrency());
    RunOrdered<std::size_t>(
        tasks, std::max(options_.threads, calls),
        [&](std::size_t task) {
          const std::size_t begin = task * kPhotosOfATask;
          const std::size_t end = std::min(photos.size(), begin + kPhotosOfATask);
          Add(std::span(photos).subspan(begin, end - begin));
          return end - begin;
        },
        [&](std::size_t, std::size_t added) {
          ThrowIfInterrupted(options_.interrupted);
          progress.Add(added);
        });
    progress.Finish();
    return warning_;
  }

 private:
  void Add(std::span<const Photo> photos) {
    arrow::StringBuilder paths;
    arrow::LargeBinaryBuilder contents;
    for (const Photo& photo : photos) {
      std::string bytes;
      if (!storage_fails_ && Read(photo, &bytes)) {
        OrThrow(paths.Append(photo.path));
        OrThrow(contents.Append(bytes));
      }
    }
    const std::int64_t rows = paths.length();
    add_(ExportedBatch(*arrow::RecordBatch::Make(
        arrow::schema(
            {arrow::field("path", arrow::utf8()), arrow::field("content", arrow::large_binary())}),
        rows,
        std::vector<std::shared_ptr<arrow::Array>>{OrThrow(paths.Finish()),
                                                   OrThrow(contents.Finish())})));
  }

  // One photo that is gone is nothing; storage that fails would fail for all others, after retries.
  bool Read(const Photo& photo, std::string* bytes) {
    try {
      return PhotoRead(*options_.photos, photo, Limits().largest_max_bytes)
          .AppendTo(bytes)
          .error.empty();
    } catch (const Failure& failure) {
      const std::lock_guard lock(mutex_);
      warning_ = fmt::format("thumbnails are missing: {}", failure.what());
      storage_fails_ = true;
      return false;
    }
  }

  const ThumbnailOptions& options_;
  const std::function<void(const ExportedBatch&)>& add_;
  std::mutex mutex_;  // guards warning_
  std::string warning_;
  std::atomic<bool> storage_fails_ = false;
};

}  // namespace

std::vector<Photo> PhotosOf(const arrow::RecordBatch& batch) {
  const auto& path = ColumnOf<arrow::StringArray>(batch, "path");
  const auto& size = ColumnOf<arrow::Int64Array>(batch, "size");
  const auto& modified = ColumnOf<arrow::Int64Array>(batch, "modified");
  std::vector<Photo> photos;
  photos.reserve(static_cast<std::size_t>(batch.num_rows()));
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    photos.push_back({path.GetString(row), {}, {}, size.Value(row), modified.Value(row), {}});
  }
  return photos;
}

std::string ReadThumbnailPhotos(const std::vector<Photo>& photos, const ThumbnailOptions& options,
                                const std::function<void(const ExportedBatch&)>& add) {
  if (options.photos == nullptr || photos.empty()) return "";
  return ThumbnailReader(options, add).Run(photos);
}

}  // namespace verger::cli
