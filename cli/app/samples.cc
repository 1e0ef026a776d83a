#include "cli/app/samples.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/engine/handles.h"
#include "cli/runs/thumbnail_photos.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

constexpr const char* kInterrupted = "interrupted: no app was written";

using SamplesHandle = std::unique_ptr<verger_app_samples, FreeBy<verger_app_samples_free>>;

SamplesHandle Create(const verger_classifier& classifier) {
  verger_app_samples_options options{};
  options.struct_size = sizeof(options);
  verger_app_samples* samples = nullptr;
  Call(verger_app_samples_create, &classifier, &options, &samples);
  return SamplesHandle(samples);
}

void AddRows(const Output& output, verger_app_samples* samples) {
  for (const PartEntry& part : output.Extracted().preprocessing) {
    ThrowIfInterrupted(kInterrupted);
    const std::string path = output.place().PathOf(part.file.name);
    const ExportedBatch rows(*DecodePhotoColumns(output.OpenFile(part.file), path));
    Call(verger_app_samples_add_rows, samples, rows.array(), rows.schema());
  }
}

}  // namespace

LabelSamples MakeSamples(const Output& output, const verger_classifier& classifier,
                         const SampleOptions& options) {
  const SamplesHandle samples = Create(classifier);
  LabelSamples result;
  if (options.photos != nullptr && output.Extracted().path_mode == PathMode::kPlain) {
    AddRows(output, samples.get());
    const Batch photos = ImportBatch(verger_app_samples_photos, samples.get());
    result.warning = ReadThumbnailPhotos(
        PhotosOf(*photos), {options.photos, options.threads, options.progress, kInterrupted},
        [&](const ExportedBatch& batch) {
          Call(verger_app_samples_add_photos, samples.get(), batch.array(), batch.schema());
        });
  }
  LibraryBytes webp;
  const auto json = ParseJson(TextOf(verger_app_samples_finish, samples.get(), webp.out()));
  result.webp = webp.view();
  result.tile = json.at("tile");
  result.columns = json.at("columns");
  result.tiles = json.at("labels").get<std::vector<std::vector<int>>>();
  return result;
}

}  // namespace verger::cli
