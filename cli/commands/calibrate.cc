#include "cli/commands/calibrate.h"

#include <arrow/array.h>
#include <arrow/builder.h>

#include <memory>

#include "cli/base/arrow_errors.h"
#include "cli/base/interrupt.h"
#include "cli/engine/exported_batch.h"

namespace verger::cli {
namespace {

Batch ContentsOf(const std::vector<SampledPhoto>& photos) {
  arrow::LargeBinaryBuilder contents;
  for (const SampledPhoto& photo : photos) OrThrow(contents.Append(photo.content));
  const std::shared_ptr<arrow::Array> column = OrThrow(contents.Finish());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("content", column->type())}),
                                  column->length(), std::vector{column});
}

std::int32_t Step(void* progress, std::int64_t done, std::int64_t) {
  static_cast<Progress*>(progress)->SetDone(static_cast<std::uint64_t>(done));
  return InterruptedBy();
}

}  // namespace

std::string Calibrate(const verger_model& model, const std::vector<SampledPhoto>& photos,
                      const CalibrateSettings& settings) {
  Progress progress({"calibrate", ProgressUnit::kPhotos, photos.size(), settings.progress});
  const verger_calibrate_options options{sizeof(options),
                                         settings.threads,
                                         settings.max_pixels,
                                         settings.max_bytes,
                                         {Step, &progress}};
  const ExportedBatch contents(*ContentsOf(photos));
  std::string calibration;
  try {
    calibration = TextOf(verger_calibrate, &model, contents.array(), contents.schema(), &options);
  } catch (const Failure&) {
    ThrowIfInterrupted("interrupted while calibrating: nothing is changed");
    throw;
  }
  progress.Finish();
  return calibration;
}

}  // namespace verger::cli
