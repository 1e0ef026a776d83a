// Photos to features through the door.
#include <algorithm>
#include <limits>
#include <utility>

#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/decoder.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/photo_limits.h"
#include "abi/traits.h"

namespace verger::abi {
namespace {

// Moves the rows of good photos together, so that a rejected photo takes no room.
std::vector<float> DropRejected(std::vector<float> features, const std::vector<bool>& valid,
                                int width) {
  auto end = features.begin();
  for (std::size_t row = 0; row < valid.size(); ++row) {
    if (!valid[row]) continue;
    const auto begin = features.begin() + static_cast<std::ptrdiff_t>(row) * width;
    end = begin == end ? begin + width : std::copy(begin, begin + width, end);
  }
  features.erase(end, features.end());
  return features;
}

void HandOutFeatures(FeatureBatch batch, bool with_traits, ArrowArray* array, ArrowSchema* schema) {
  const std::size_t rows = batch.errors.size();
  std::vector<bool> fine(rows);
  std::vector<bool> rejected(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    fine[row] = batch.errors[row].empty();
    rejected[row] = !fine[row];
  }
  FloatListColumn features{DropRejected(std::move(batch.features), fine, batch.dimension),
                           batch.dimension};
  std::vector<OutColumn> columns;
  columns.push_back({"features", std::move(fine), std::move(features)});
  Texts errors;
  for (const std::string& error : batch.errors) errors.Add(error);
  columns.push_back({"error", std::move(rejected), std::move(errors)});
  if (with_traits) AddTraits(batch.traits, columns);
  HandOut(std::move(columns), static_cast<std::int64_t>(rows), array, schema);
}

Result<ExtractorOptions> ReadExtractorOptions(const verger_extractor_options* options) {
  VERGER_ASSIGN_OR_RETURN(const verger_extractor_options set, ReadOptions(options));
  VERGER_RETURN_IF_ERROR(Require(set.threads >= 0 && set.batch_size >= 0 && set.streams >= 0,
                                 "threads, batch_size and streams must be 0 or more"));
  ExtractorOptions engine_options;
  engine_options.threads = set.threads;
  engine_options.streams = set.streams;
  engine_options.traits = set.traits != 0;
  if (set.batch_size > 0) engine_options.batch_size = set.batch_size;
  VERGER_ASSIGN_OR_RETURN(const PhotoLimits limits, ReadPhotoLimits(set.max_pixels, set.max_bytes));
  engine_options.limits.max_pixels = limits.max_pixels;
  engine_options.limits.max_bytes = limits.max_bytes;
  engine_options.compiled = AsBytes(set.compiled.data, set.compiled.size);
  engine_options.loader = LoaderOf(set.decoder);
  return engine_options;
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_extractor_create(const verger_model* model,
                                      const verger_extractor_options* options,
                                      verger_extractor** extractor, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(model != nullptr && extractor != nullptr,
                     "verger_extractor_create: model and extractor must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const ExtractorOptions engine_options,
                            abi::ReadExtractorOptions(options));
    VERGER_ASSIGN_OR_RETURN(Extractor created, Extractor::Create(model->model, engine_options));
    *extractor = new verger_extractor{std::move(created)};
    return Ok();
  });
}

verger_status verger_compiled_key(const verger_model* model,
                                  const verger_extractor_options* options, verger_bytes* key,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(model != nullptr && key != nullptr,
                                        "verger_compiled_key: model and key must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const ExtractorOptions engine_options,
                            abi::ReadExtractorOptions(options));
    VERGER_ASSIGN_OR_RETURN(const std::string digits,
                            Extractor::CompiledKey(model->model, engine_options));
    *key = abi::HandOut(digits);
    return Ok();
  });
}

verger_status verger_extractor_save(const verger_extractor* extractor, verger_bytes* compiled,
                                    verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(extractor != nullptr && compiled != nullptr,
                     "verger_extractor_save: extractor and compiled must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::string saved, extractor->extractor.Save());
    *compiled = abi::HandOut(saved);
    return Ok();
  });
}

int32_t verger_extractor_streams(const verger_extractor* extractor) {
  return extractor->extractor.streams();
}

verger_status verger_extract(const verger_extractor* extractor, const struct ArrowArray* photos,
                             const struct ArrowSchema* photos_schema, struct ArrowArray* features,
                             struct ArrowSchema* features_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(extractor != nullptr && features != nullptr,
                                        "verger_extract: extractor and features must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents,
                            abi::ReadPhotos(photos, photos_schema));
    const auto most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() /
                                               extractor->extractor.dimension());
    VERGER_RETURN_IF_ERROR(abi::Require(contents.size() <= most,
                                        "verger_extract: too many photos in one batch, split it"));
    VERGER_ASSIGN_OR_RETURN(FeatureBatch batch, extractor->extractor.Extract(contents));
    abi::HandOutFeatures(std::move(batch), extractor->extractor.traits(), features,
                         features_schema);
    return Ok();
  });
}

int32_t verger_may_pass_later(verger_text error) {
  return verger::MayPassLater({error.data, error.size}) ? 1 : 0;
}

void verger_extractor_free(verger_extractor* extractor) { delete extractor; }

}  // extern "C"
