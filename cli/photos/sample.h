// sample.h: some photos that stand for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/storage/place.h"

namespace verger::cli {

struct SampledPhoto {
  std::string path;
  std::string label;
  std::string content;  // as encoded, decodable or not
};

// Returns up to `max_photos` of the first 100,000 photos that OpenListing lists, those of least
// verger_sample_rank, in the order of their paths. Photos that cannot be read, or have more bytes
// than Limits() allows, are passed over, but no more than `max_photos` + 16 of them; the sample
// ends early at 256 MB of photos. `listed`, unless null, receives how many photos were listed.
//
// Errors: as OpenListing; Failure kStorage if a bucket fails; Interrupted.
// Cost:   one listing, and memory for the photos.
std::vector<SampledPhoto> SamplePhotos(const Place& place, const Place& skip, bool include_hidden,
                                       std::size_t max_photos, std::int64_t* listed = nullptr);

// The same, but first Limits().sample_photos_of_label photos of each of as many labels as that
// makes, so that labels can be distinguished where there are many: labels of least rank, and of
// each the photos of least rank. Where that is fewer than `max_photos`, the others are as
// SamplePhotos takes them.
std::vector<SampledPhoto> SampleLabels(const Place& place, const Place& skip, bool include_hidden,
                                       std::size_t max_photos, std::int64_t* listed = nullptr);

}  // namespace verger::cli
