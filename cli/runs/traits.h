// traits.h: what growers measure of fruit, of photos that are for no output.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/engine/batches.h"
#include "cli/runs/photo_sources.h"
#include "cli/runs/row_writer.h"

namespace verger::cli {

struct TraitOptions {
  int threads = 1;
  std::int64_t max_pixels = 0;  // of a photo; 0: as Limits() has it
  std::int64_t max_bytes = 0;
  ProgressMode progress = ProgressMode::kAuto;
};

// As MeasurePhotos: `consume` gets path, folder, the columns of verger_traits, and error.
std::int64_t MeasureTraits(const std::vector<PhotoSource>& sources, const TraitOptions& options,
                           const std::function<void(const Batch&)>& consume);

// `format`: text, csv, jsonl or parquet.
std::unique_ptr<RowWriter> OpenTraits(const std::string& format);

}  // namespace verger::cli
