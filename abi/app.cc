// What the phone app carries of an output, through the door.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/thumbnail_photos.h"
#include "abi/verger.h"
#include "core/base/json.h"
#include "core/classify/app_classifier.h"
#include "core/classify/label_rule.h"
#include "core/report/label_samples.h"

struct verger_app_samples {
  verger::LabelSamples samples;
  verger::LabelRule rule;
};

namespace verger::abi {
namespace {

constexpr int kTile = 96;
constexpr int kMostTiles = 256;
constexpr float kQuality = 75;
constexpr int kEffort = 6;

Result<AppProjection> ProjectionOf(const Classifier& classifier, const verger_pca* pca,
                                   verger_scores scores) {
  if (classifier.source.column == "features") return AppProjection();
  VERGER_RETURN_IF_ERROR(
      Require(pca != nullptr && pca->pca.components == classifier.dimension,
              "verger_app_classifier: a classifier of pca_features needs the PCA of its output"));
  const Pca& own = pca->pca;
  AppProjection projection{own.dimension, {own.axes.begin(), own.axes.end()}, {}};
  const auto width = static_cast<std::size_t>(own.dimension);
  for (std::size_t k = 0; k < static_cast<std::size_t>(own.components); ++k) {
    double offset = 0;
    for (std::size_t j = 0; scores == VERGER_SCORES_CENTRED && j < width; ++j) {
      offset += own.axes[k * width + j] * own.mean[j];
    }
    projection.offset.push_back(offset);
  }
  return projection;
}

// Of a label that the rule does not know the photo is passed over: training has refused it.
Status AddRows(const ArrowArray* rows, const ArrowSchema* schema, verger_app_samples* samples) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn paths, TextColumn::Find(rows, schema, "path"));
  VERGER_ASSIGN_OR_RETURN(const TextColumn labels, TextColumn::Find(rows, schema, "label"));
  VERGER_ASSIGN_OR_RETURN(const TextColumn errors, TextColumn::Find(rows, schema, "error"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn sizes, NumberColumn::Find(rows, schema, "size"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn times, NumberColumn::Find(rows, schema, "modified"));
  for (std::int64_t row = 0; row < paths.length(); ++row) {
    if (!errors.IsNull(row) && !errors[row].empty()) continue;
    const auto label = samples->rule.LabelOf(paths[row], labels[row]);
    if (label) samples->samples.AddRow(paths[row], *label, sizes[row], times[row]);
  }
  return Ok();
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_app_classifier(const verger_classifier* classifier, const verger_pca* pca,
                                    verger_scores scores, verger_bytes* file, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(classifier != nullptr && file != nullptr,
                     "verger_app_classifier: classifier and file must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const AppProjection projection,
                            abi::ProjectionOf(classifier->classifier, pca, scores));
    *file = abi::HandOut(SaveAppClassifier(classifier->classifier, projection));
    return Ok();
  });
}

verger_status verger_app_covariance(const verger_classifier* classifier, const void* file,
                                    size_t size, verger_bytes* covariance, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(classifier != nullptr && file != nullptr && covariance != nullptr,
                     "verger_app_covariance: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(
        const std::string bytes,
        SaveAppCovariance(classifier->classifier, CheckOf(abi::AsBytes(file, size))));
    *covariance = abi::HandOut(bytes);
    return Ok();
  });
}

verger_status verger_app_samples_create(const verger_classifier* classifier,
                                        const verger_app_samples_options* options,
                                        verger_app_samples** samples, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(classifier != nullptr && samples != nullptr,
                     "verger_app_samples_create: classifier and samples must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_app_samples_options set, abi::ReadOptions(options));
    const int tile = set.tile == 0 ? abi::kTile : set.tile;
    const int most = set.most == 0 ? abi::kMostTiles : set.most;
    VERGER_RETURN_IF_ERROR(
        abi::Require(tile >= 16 && tile <= 512 && most >= 1 && most <= 4096,
                     "verger_app_samples_create: choose a tile from 16 to 512 pixels, and from 1 "
                     "to 4096 of them"));
    const Classifier& own = classifier->classifier;
    VERGER_ASSIGN_OR_RETURN(LabelRule rule, LabelRule::Create(own.label_level, own.label_table));
    *samples = new verger_app_samples{LabelSamples(own.labels, static_cast<std::size_t>(most),
                                                   {tile, abi::kQuality, abi::kEffort}),
                                      std::move(rule)};
    return Ok();
  });
}

verger_status verger_app_samples_add_rows(verger_app_samples* samples,
                                          const struct ArrowArray* rows,
                                          const struct ArrowSchema* schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(samples != nullptr, "verger_app_samples_add_rows: samples must not be NULL"));
    return abi::AddRows(rows, schema, samples);
  });
}

verger_status verger_app_samples_photos(verger_app_samples* samples, struct ArrowArray* photos,
                                        struct ArrowSchema* photos_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(samples != nullptr && photos != nullptr,
                     "verger_app_samples_photos: samples and photos must not be NULL"));
    abi::HandOutPhotos(samples->samples.Photos(), photos, photos_schema);
    return Ok();
  });
}

verger_status verger_app_samples_add_photos(verger_app_samples* samples,
                                            const struct ArrowArray* photos,
                                            const struct ArrowSchema* photos_schema,
                                            verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(samples != nullptr,
                                        "verger_app_samples_add_photos: samples must not be NULL"));
    return abi::ReadThumbnailPhotos(photos, photos_schema, [&](std::string_view path, Bytes photo) {
      samples->samples.AddPhoto(path, photo);
    });
  });
}

verger_status verger_app_samples_finish(verger_app_samples* samples, verger_bytes* webp,
                                        verger_bytes* json, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(samples != nullptr && webp != nullptr && json != nullptr,
                                        "verger_app_samples_finish: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const LabelSamples::Sprite sprite, samples->samples.Finish());
    const nlohmann::ordered_json description = {{"tile", samples->samples.style().side},
                                                {"columns", sprite.columns},
                                                {"labels", sprite.tiles}};
    const std::string text = FormatJson(description);
    *webp = abi::HandOut(sprite.webp);
    *json = abi::HandOut(text);
    return Ok();
  });
}

void verger_app_samples_free(verger_app_samples* samples) { delete samples; }

}  // extern "C"
