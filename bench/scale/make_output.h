// make_output.h: an output of so many rows, written by whichever build includes this.
#pragma once

#include <arrow/buffer.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/scale/listed.h"
#include "cli/runs/output.h"
#include "cli/runs/plan.h"
#include "cli/storage/open_place.h"
#include "cli/tables/parts.h"

namespace verger::bench {

inline cli::ModelIdentity NetworkOf(const Options& options) {
  return {"resnet50", std::string(64, '0'), "keras", "keras", options.dimension};
}

// `finish(rows, entry)` sets the fields of a part's entry that only this build has.
template <typename Finish>
void MakeOutput(const Options& options, Finish finish) {
  cli::Output output = cli::Output::OpenForWriting(cli::OpenPlace(options.out));
  cli::Manifest manifest;
  manifest.photos = "made";
  manifest.labels = kLabels;
  manifest.model = NetworkOf(options);
  for (std::int64_t first = 0; first < options.count; first += options.number) {
    cli::PartRows part;
    const std::int64_t end = std::min(options.count, first + options.number);
    for (std::int64_t number = first; number < end; ++number) {
      Photo photo = PhotoOf(number, options.count);
      cli::PhotoRow row;
      row.path = std::move(photo.path);
      row.label = std::move(photo.label);
      row.size = photo.size;
      row.modified = photo.modified;
      row.sha256 = Sha256Of(number);
      part.rows.push_back(std::move(row));
      for (int value = 0; value < options.dimension; ++value) {
        part.features.push_back(static_cast<float>((number + value) % 17));
      }
    }
    const auto bytes =
        cli::EncodePreprocessing(part, options.dimension, cli::PartMetadata(manifest.model));
    cli::PartEntry entry;
    entry.file = output.Publish(
        output.NextPart(cli::kPreprocessing),
        {reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(bytes->size())});
    entry.rows = end - first;
    finish(part.rows, &entry);
    manifest.preprocessing.push_back(std::move(entry));
  }
  // No plan reads the moments.
  manifest.moments = output.Publish("_verger/moments-000001.bin", "made");
  output.Commit(manifest);
}

}  // namespace verger::bench
