#include "cli/photos/listing.h"

#include <algorithm>

#include "cli/photos/bucket_listing.h"
#include "cli/photos/folder_listing.h"
#include "cli/storage/folder.h"

namespace verger::cli {

std::vector<Photo> ListPhotos(const Place& place, const Place& skip) {
  std::vector<Photo> photos;
  if (const auto* bucket = dynamic_cast<const Bucket*>(&place)) {
    photos = ListBucket(*bucket, dynamic_cast<const Bucket*>(&skip));
  } else {
    const auto* skipped = dynamic_cast<const Folder*>(&skip);
    photos = ListFolder(dynamic_cast<const Folder&>(place).root(),
                        skipped == nullptr ? "" : skipped->root());
  }
  photos.shrink_to_fit();
  std::sort(photos.begin(), photos.end(),
            [](const Photo& a, const Photo& b) { return a.path < b.path; });
  // Names of other bytes may print alike, but rows know photos by what is printed.
  for (std::size_t photo = 1; photo < photos.size(); ++photo) {
    if (photos[photo].path != photos[photo - 1].path) continue;
    photos[photo].file = photos[photo].name();
    photos[photo].path += " (another)";
    photos[photo].problem = std::string("another file's name looks the same: rename it");
  }
  return photos;
}

}  // namespace verger::cli
