#include "cli/runs/photo_sources.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "cli/base/arrow_errors.h"
#include "cli/base/error.h"
#include "cli/base/interrupt.h"
#include "cli/base/limits.h"
#include "cli/base/ordered.h"
#include "cli/base/text.h"
#include "cli/photos/read.h"

namespace verger::cli {
namespace {

constexpr double kMostRejects = 0.05;
constexpr const char* kInterrupted = "interrupted: nothing was changed";

// Some photos of one source, as many as one call may take.
struct Slice {
  const Place* place;
  std::span<const Photo> photos;
};

std::vector<Slice> Cut(const std::vector<PhotoSource>& sources, std::int64_t photos_at_once) {
  std::vector<Slice> slices;
  const auto most = static_cast<std::size_t>(photos_at_once);
  for (const PhotoSource& source : sources) {
    const std::span<const Photo> all = source.photos;
    std::size_t begin = 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool full = i - begin == most || bytes + all[i].size > Limits().max_call_bytes;
      if (full && i > begin) {
        slices.push_back({source.place.get(), all.subspan(begin, i - begin)});
        begin = i;
        bytes = 0;
      }
      bytes += all[i].size;
    }
    if (begin < all.size()) slices.push_back({source.place.get(), all.subspan(begin)});
  }
  return slices;
}

// Reads the photos of a slice and measures those that could be read.
Batch MeasureSlice(const Slice& slice, std::int64_t max_bytes,
                   const std::function<Batch(const Batch&)>& measure) {
  std::vector<PhotoRead> reads;
  reads.reserve(slice.photos.size());
  for (const Photo& photo : slice.photos) reads.emplace_back(*slice.place, photo, max_bytes);
  arrow::StringBuilder paths;
  arrow::StringBuilder labels;
  arrow::LargeBinaryBuilder contents;
  std::vector<std::string> why_not;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    std::string bytes;
    why_not.push_back(reads[i].AppendTo(&bytes).error);
    OrThrow(paths.Append(slice.photos[i].path));
    OrThrow(labels.Append(slice.photos[i].label));
    OrThrow(contents.Append(bytes));
  }
  const auto column = OrThrow(contents.Finish());
  const Batch measured = measure(arrow::RecordBatch::Make(
      arrow::schema({arrow::field("content", arrow::large_binary())}), column->length(),
      std::vector<std::shared_ptr<arrow::Array>>{column}));
  // Of what could not be read, the reason is known already.
  const auto& errors = ColumnOf<arrow::StringArray>(*measured, "error");
  arrow::StringBuilder all_errors;
  for (std::size_t i = 0; i < why_not.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (!why_not[i].empty()) {
      OrThrow(all_errors.Append(why_not[i]));
    } else if (errors.IsNull(row)) {
      OrThrow(all_errors.AppendNull());
    } else {
      OrThrow(all_errors.Append(errors.GetView(row)));
    }
  }
  std::vector<std::shared_ptr<arrow::Field>> fields = {arrow::field("path", arrow::utf8()),
                                                       arrow::field("label", arrow::utf8())};
  arrow::ArrayVector columns = {OrThrow(paths.Finish()), OrThrow(labels.Finish())};
  for (int i = 0; i < measured->num_columns(); ++i) {
    if (measured->schema()->field(i)->name() == "error") continue;
    fields.push_back(measured->schema()->field(i));
    columns.push_back(measured->column(i));
  }
  fields.push_back(arrow::field("error", arrow::utf8()));
  columns.push_back(OrThrow(all_errors.Finish()));
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), measured->num_rows(),
                                  std::move(columns));
}

bool NamesAPhoto(const std::string& name) {
  if (SchemeOf(name).empty()) return !std::filesystem::is_directory(name);
  const std::string end = ToLower(name.substr(name.rfind('/') + 1));
  return std::ranges::any_of(std::array{".jpg", ".jpeg", ".png", ".webp"},
                             [&](const char* ending) { return end.ends_with(ending); });
}

// The last name of a folder; "" where that is none, as of "." and "..".
std::string FolderLabel(const std::string& folder) {
  std::string_view rest = folder;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::string_view last = rest.substr(rest.rfind('/') + 1);
  return last == "." || last == ".." ? "" : std::string(last);
}

// Folders of photos that were named one by one, each listed once.
class Folders {
 public:
  explicit Folders(const S3Options& s3) : s3_(s3) {}

  PhotoSource Find(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : name.substr(0, slash + 1);
    const Folder& listed = ListOf(folder);
    const auto file = listed.files.find(name.substr(slash + 1));
    if (file == listed.files.end()) {
      throw Failure(
          Exit::kBadInput,
          fmt::format("{} does not exist: give a photo or a folder of photos", Printable(name)));
    }
    Photo photo;
    photo.path = Printable(name);
    photo.label = Printable(FolderLabel(folder));
    photo.file = RareText(file->first);
    photo.size = file->second.bytes;
    photo.modified = file->second.modified;
    PhotoSource source{listed.place, {}};
    source.photos.push_back(std::move(photo));
    return source;
  }

 private:
  struct Folder {
    std::shared_ptr<Place> place;
    std::map<std::string, PlaceFile, std::less<>> files;
  };

  const Folder& ListOf(const std::string& folder) {
    const auto [entry, is_new] = folders_.try_emplace(folder);
    if (is_new) {
      entry->second.place = OpenPlace(folder, s3_);
      for (PlaceFile& file : entry->second.place->ListFiles("")) {
        entry->second.files.emplace(file.name, file);
      }
    }
    return entry->second;
  }

  const S3Options& s3_;
  std::map<std::string, Folder> folders_;
};

}  // namespace

std::vector<PhotoSource> FindPhotos(const std::vector<std::string>& names, const S3Options& s3,
                                    const Place& skip) {
  std::vector<PhotoSource> sources;
  Folders folders(s3);
  for (const std::string& name : names) {
    if (NamesAPhoto(name)) {
      sources.push_back(folders.Find(name));
      continue;
    }
    PhotoSource source{OpenPlace(name, s3), {}};
    source.photos = ListPhotos(*source.place, skip);
    if (source.photos.empty()) {
      throw Failure(Exit::kBadInput, fmt::format("{} has no photos: give JPEG, PNG or WebP files",
                                                 source.place->PathOf("")));
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

std::int64_t MeasurePhotos(const std::vector<PhotoSource>& sources, const MeasureOptions& options,
                           const std::function<Batch(const Batch&)>& measure,
                           const std::function<void(const Batch&)>& consume) {
  std::uint64_t photos = 0;
  bool remote = false;
  for (const PhotoSource& source : sources) {
    photos += source.photos.size();
    remote |= source.place->concurrency() > 1;
  }
  const std::vector<Slice> slices = Cut(sources, options.photos_at_once);
  const std::int64_t max_bytes =
      options.max_bytes > 0 ? options.max_bytes : Limits().max_photo_bytes;
  Progress progress({options.verb, ProgressUnit::kPhotos, photos, options.progress});
  const Workers workers = PhotoWorkers(options.threads, remote, options.isolated);
  std::int64_t rejected = 0;
  RunOrdered<Batch>(
      slices.size(), workers,
      [&](std::size_t slice) { return MeasureSlice(slices[slice], max_bytes, measure); },
      [&](std::size_t, const Batch& batch) {
        ThrowIfInterrupted(kInterrupted);
        const std::int64_t rejects =
            batch->num_rows() - batch->GetColumnByName("error")->null_count();
        rejected += rejects;
        progress.Add(static_cast<std::uint64_t>(batch->num_rows()),
                     static_cast<std::uint64_t>(rejects));
        consume(batch);
      });
  progress.Finish();
  return rejected;
}

void RequireFewRejects(std::int64_t rejected, std::int64_t photos, const char* what) {
  if (static_cast<double>(rejected) <= kMostRejects * static_cast<double>(photos)) return;
  throw Failure(Exit::kTooManyRejects,
                fmt::format("{} of {} {}: see the column error", WithCommas(rejected),
                            Pluralize(photos, "photo", "photos"), what));
}

}  // namespace verger::cli
