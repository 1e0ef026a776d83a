#include "cli/commands/calibrate.h"

#include <arrow/array.h>
#include <arrow/builder.h>

#include <memory>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"

namespace verger::cli {
namespace {

std::int32_t Step(void* progress, std::int64_t done, std::int64_t) {
  static_cast<Progress*>(progress)->SetDone(static_cast<std::uint64_t>(done));
  return InterruptedBy();
}

}  // namespace

Batch AsBatch(const std::vector<SampledPhoto>& sample) {
  arrow::LargeBinaryBuilder contents;
  arrow::StringBuilder paths;
  arrow::StringBuilder labels;
  for (const SampledPhoto& photo : sample) {
    OrThrow(contents.Append(photo.content));
    OrThrow(paths.Append(photo.path));
    OrThrow(labels.Append(photo.label));
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("content", arrow::large_binary()),
                     arrow::field("path", arrow::utf8()), arrow::field("label", arrow::utf8())}),
      std::ssize(sample),
      std::vector<std::shared_ptr<arrow::Array>>{
          OrThrow(contents.Finish()), OrThrow(paths.Finish()), OrThrow(labels.Finish())});
}

std::string Calibrate(const verger_model& model, const std::vector<SampledPhoto>& photos,
                      const CalibrateSettings& settings) {
  Progress progress({"calibrate", ProgressUnit::kPhotos, photos.size(), settings.progress});
  const verger_calibrate_options options{sizeof(options),    settings.threads,  settings.max_pixels,
                                         settings.max_bytes, {Step, &progress}, settings.decoder};
  const ExportedBatch batch(*AsBatch(photos));
  std::string calibration;
  try {
    calibration = TextOf(verger_calibrate, &model, batch.array(), batch.schema(), &options);
  } catch (const Failure&) {
    ThrowIfInterrupted("interrupted while calibrating: nothing was changed");
    throw;
  }
  progress.Finish();
  return calibration;
}

}  // namespace verger::cli
