#include "cli/commands/photos_of_output.h"

#include <fmt/core.h>

#include "cli/base/print.h"

namespace verger::cli {

std::shared_ptr<Place> OpenPhotosOf(const Manifest& manifest, const std::string& photos,
                                    const S3Options& s3) {
  if (!photos.empty()) return OpenPlace(photos, s3);
  if (manifest.photos.empty()) return nullptr;
  try {
    return OpenPlace(manifest.photos, s3);
  } catch (const Failure& failure) {
    if (failure.exit() == Exit::kRefused) throw;
    Warn(fmt::format("no thumbnails: {}", failure.what()));
    return nullptr;
  }
}

}  // namespace verger::cli
