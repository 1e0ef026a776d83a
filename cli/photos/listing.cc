#include "cli/photos/listing.h"

#include "cli/storage/listed_photos.h"

namespace verger::cli {

std::unique_ptr<PhotoStream> OpenListing(const Place& place, const Place& skip,
                                         bool include_hidden) {
  ListingOptions options;
  options.include_hidden = include_hidden;
  skip.ExcludeFrom(&options);
  return place.OpenListing(options);
}

std::vector<Photo> ListPhotos(const Place& place, const Place& skip) {
  std::vector<Photo> photos;
  const std::unique_ptr<PhotoStream> stream = OpenListing(place, skip);
  while (auto batch = stream->Next()) {
    const ListedPhotos listed(std::move(batch));
    for (std::int64_t row = 0; row < listed.size(); ++row) {
      const ListedPhoto photo = listed[row];
      if (photo.path.ends_with('/')) continue;
      photos.push_back({std::string(photo.path), std::string(photo.label),
                        photo.file == photo.path ? RareText() : std::string(photo.file), photo.size,
                        photo.modified.value_or(0), std::string(photo.problem)});
    }
  }
  photos.shrink_to_fit();
  return photos;
}

}  // namespace verger::cli
