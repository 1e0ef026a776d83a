// content.h: what a report has gathered of an output.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/report/ends.h"
#include "core/report/even_sample.h"
#include "core/report/label_counts.h"
#include "core/report/path_list.h"
#include "core/report/points.h"
#include "core/runs/manifest.h"

namespace verger {

inline constexpr std::size_t kMostThumbnails = 11'000;

struct ReportContent {
  Manifest manifest;
  std::string manifest_sha256;
  std::int64_t version = 0;
  bool of_a_run = false;         // a run just ended, which the summary tells of
  std::string summary;           // JSON, as verger_summary has it
  std::vector<double> variance;  // the share of each component
  LabelCounts labels;
  std::map<std::string, std::int64_t, std::less<>> reasons;  // of rejects, and how many
  Points points;
  PathList paths;  // of the points
  Ends ends;
  EvenSample<ReportPhoto> spread{2 * kMostThumbnails};
  std::map<std::string, std::string> sections;  // JSON, by name

  explicit ReportContent(Manifest read);
};

}  // namespace verger
