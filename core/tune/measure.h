// measure.h: how fast models extract the photos of a sample here, and how near their features are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/extract/load_views.h"
#include "core/image/decode.h"
#include "core/model/model.h"

namespace verger {

struct TunePhoto {
  std::string path;
  std::string label;
  Bytes content;
};

struct TuneOptions {
  int threads = 0;  // 0: as many as the processor has
  // Units: seconds. Measuring ends after the round in which they are over, so that even the slowest
  // network is measured once.
  double seconds = 60;
  // Photos that are to be extracted after this; 0: that is not known. Measuring then ends with the
  // round in which each candidate has seen the sample and a small share of that time is over, and
  // there is none where the base does the work in seconds.
  std::int64_t work = 0;
  DecodeLimits limits;
  ViewLoader loader{};  // as in ExtractorOptions
};

// Work that takes less with the base is not worth a choice: opening and trying other networks costs
// as much. Units: seconds.
inline constexpr double kShortWork = 6;

// Of the time that the fastest takes for the work.
inline constexpr double kMeasuredShare = 0.08;

// One candidate, over the photos it has seen: the first of the sample by rank, but for those that
// it or the base rejects. Of these, cosines are over those that the reference has.
struct Measured {
  const Model* model = nullptr;
  // The candidate that features are compared with: the first in fp32, or else the first, of the
  // same file and preset, that could be measured.
  std::size_t reference = 0;
  std::string failure;  // why the engine cannot compute it; mostly ""
  int lost = 0;         // photos that it rejects and the base does not
  int photos = 0;       // 0: none counts, or it was not measured; nothing below says anything
  double photos_per_second = 0;
  double speed = 0;  // as a multiple of the reference's: the median over rounds
  double mean_cosine = 0;
  double least_cosine = 0;  // both to the reference's features
  // Of the photos that the base has seen as well, those whose label has others to compare with.
  int classed = 0;
  int right = 0;
  int base_right = 0;
  double prepare_seconds = 0;  // from the model to its first features
};

struct TuneReport {
  int threads = 0;
  int sample = 0;           // photos given
  int rejected = 0;         // by the base, of those that were tried
  int labels = 0;           // of the sample
  int groups = 0;           // of PhotoGroups
  double chance = 0;        // the share of the most frequent label among the base's classed photos
  double seconds = 0;       // that measuring took
  bool short_work = false;  // nothing but the base was measured
  std::vector<Measured> candidates;  // as given; the first is the base, which others are held to
};

// Extracts photos of the sample by each candidate, whole: decode, resize, network; on threads + 1
// callers, as `run` does. Candidates of one network take turns, a round of some photos each, so
// that what else the machine does meets all of them alike; networks come one after the other.
//
// Errors: kBadCall without candidates or photos, or if no photo gives features by the base;
// kStopped; those of
//         Extractor for the base, which alone all others are held to.
// Memory: one network, compiled for each of its candidates, and features of the sample.
Result<TuneReport> Measure(std::span<const Model* const> candidates,
                           std::span<const TunePhoto> photos, const TuneOptions& options,
                           const Progress& progress);

}  // namespace verger
