#include "cli/photos/bucket_listing.h"

#include <arrow/filesystem/s3fs.h>
#include <arrow/util/async_generator.h>
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/text.h"
#include "cli/photos/photo_names.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

namespace fs = arrow::fs;

std::string_view AfterLastSlash(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

// `key` is below the bucket's prefix; `root_label` is for photos that lie right there.
Photo PhotoOf(const std::string& key, const fs::FileInfo& info, const std::string& root_label) {
  Photo photo;
  photo.path = Printable(key);
  const std::size_t slash = photo.path.rfind('/');
  photo.label = slash == std::string::npos
                    ? root_label
                    : std::string(AfterLastSlash(std::string_view(photo.path).substr(0, slash)));
  photo.size = info.size();
  photo.modified =
      std::chrono::duration_cast<std::chrono::microseconds>(info.mtime().time_since_epoch())
          .count();
  if (photo.path != key) {
    photo.file = key;
    // A folder's odd name is no fault of the photo's.
    if (AfterLastSlash(photo.path) != AfterLastSlash(key)) photo.problem = std::string(kBadName);
  }
  return photo;
}

}  // namespace

std::vector<Photo> ListBucket(const Bucket& bucket, const Bucket* skip) {
  const std::string root = bucket.ArrowPath("");
  const std::string start = root + "/";
  std::string skipped;  // as in a folder: an output that lies around the photos is nothing to skip
  if (skip != nullptr) {
    skipped = skip->ArrowPath("") + "/";
    if (skipped == start) return {};
    if (!skipped.starts_with(start)) skipped.clear();
  }
  const std::string root_label = Printable(AfterLastSlash(root));

  fs::FileSelector selector;
  selector.base_dir = root;
  selector.recursive = true;
  std::vector<Photo> photos;
  const arrow::Status listed =
      arrow::VisitAsyncGenerator(bucket.client().filesystem().GetFileInfoGenerator(selector),
                                 [&](const fs::FileInfoVector& page) {
                                   for (const fs::FileInfo& info : page) {
                                     if (!info.IsFile() || !info.path().starts_with(start) ||
                                         (!skipped.empty() && info.path().starts_with(skipped))) {
                                       continue;
                                     }
                                     const std::string key = info.path().substr(start.size());
                                     if (!LooksLikeAPhoto(AfterLastSlash(key))) continue;
                                     photos.push_back(PhotoOf(key, info, root_label));
                                   }
                                   return arrow::Status::OK();
                                 })
          .status();
  if (!listed.ok()) {
    const std::string& name = bucket.client().bucket();
    throw Failure(Exit::kBadInput,
                  ArrowFailure("list", bucket.PathOf(""), listed, name, bucket.prefix()).what());
  }
  return photos;
}

}  // namespace verger::cli
