#include "cli/runs/evaluation.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/memory.h"
#include "cli/base/ordered.h"
#include "cli/engine/handles.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using EvaluationHandle = std::unique_ptr<verger_evaluation, FreeBy<verger_evaluation_free>>;

constexpr const char* kInterrupted = "interrupted while evaluating: nothing was written";
// Photos that are read and decoded at a time.
constexpr std::size_t kPhotosAtOnce = 32;
constexpr int kReadsAtOnce = 16;  // of a bucket
// What is left to the rest of the program.
constexpr std::uint64_t kMemoryLeft = std::uint64_t{256} << 20;

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

// One evaluation, from the rows to the documents.
class Evaluation {
 public:
  Evaluation(const Output& output, const Output* test, const EvaluationOptions& options)
      : output_(output), test_(test), options_(options) {}

  EvaluationReport Do() {
    Create();
    ReadRows(output_, 0);
    if (test_ != nullptr) ReadRows(*test_, 1);
    if (options_.background) ReadBorders();
    Progress progress({"evaluate", ProgressUnit::kPhotos,
                       static_cast<std::uint64_t>(output_.Extracted().rows()), options_.progress});
    progress_ = &progress;
    LibraryBytes json;
    LibraryBytes text;
    try {
      Call(verger_evaluation_finish, handle_.get(), json.out(), text.out());
    } catch (const Failure&) {
      ThrowIfInterrupted(kInterrupted);
      throw;
    }
    progress.Finish();
    return {std::string(json.view()), std::string(text.view())};
  }

 private:
  // As many photos of the output as the library is far: bars know no other unit.
  static std::int32_t Tell(void* user, std::int64_t done, std::int64_t total) {
    const auto* self = static_cast<const Evaluation*>(user);
    const std::int64_t rows = self->output_.Extracted().rows();
    self->progress_->SetDone(static_cast<std::uint64_t>(
        static_cast<double>(rows) * static_cast<double>(done) / static_cast<double>(total)));
    return InterruptedBy();
  }

  void Create() {
    verger_evaluate_options settings{};
    settings.struct_size = sizeof(settings);
    settings.method = options_.method.c_str();
    settings.transform = OrNull(options_.transform);
    settings.groups = OrNull(options_.groups);
    settings.shrinkage = options_.shrinkage;
    settings.penalty = options_.penalty;
    settings.label_level = options_.label_level;
    settings.label_table = Borrowed(options_.label_table);
    settings.threads = options_.threads;
    const std::uint64_t available = AvailableMemory();
    settings.memory = available > 2 * kMemoryLeft ? available - kMemoryLeft : available / 2;
    settings.progress = {Tell, this};
    const std::string manifest = ToJson(output_.Extracted());
    const std::string test = test_ != nullptr ? ToJson(test_->Extracted()) : "";
    verger_evaluation* evaluation = nullptr;
    Call(verger_evaluation_create, Borrowed(manifest), Borrowed(test), &settings, &evaluation);
    handle_.reset(evaluation);
  }

  void ReadRows(const Output& output, std::int32_t of_test) {
    std::uint64_t bytes = 0;
    for (const PartEntry& part : output.Extracted().preprocessing) {
      bytes += part.file.bytes;
    }
    Progress progress({"read", ProgressUnit::kBytes, bytes, options_.progress});
    for (const PartEntry& part : output.Extracted().preprocessing) {
      ThrowIfInterrupted(kInterrupted);
      const ExportedBatch rows(
          *DecodeGoodRows(output.Read(part.file), output.place().PathOf(part.file.name)));
      Call(verger_evaluation_add, handle_.get(), of_test, rows.array(), rows.schema());
      progress.Add(part.file.bytes);
    }
    progress.Finish();
  }

  void NoPhotos(const std::string& reason) {
    Call(verger_evaluation_no_photos, handle_.get(), Borrowed(reason));
  }

  // What can't be read is no failure: the rest does not depend on it.
  void ReadBorders() {
    const Manifest& manifest = output_.Extracted();
    if (manifest.path_mode == PathMode::kHash) {
      return NoPhotos("paths are hashed, so the photos cannot be found again");
    }
    const std::string& where = options_.photos.empty() ? manifest.photos : options_.photos;
    try {
      const std::shared_ptr<Place> place = OpenPlace(where, options_.s3);
      if (ReadBordersFrom(*place) == 0) {
        NoPhotos(fmt::format(
            "no photo was found in {}: give their folder by --photos (Python: photos=)", where));
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Failure& failure) {
      NoPhotos(failure.what());
    }
  }

  std::size_t ReadBordersFrom(const Place& place) {
    const Batch request = ImportBatch(verger_evaluation_border_photos, handle_.get());
    const auto& paths = ColumnOf<arrow::StringArray>(*request, "path");
    const auto count = static_cast<std::size_t>(paths.length());
    Progress progress({"borders", ProgressUnit::kPhotos, count, options_.progress});
    const int workers = std::clamp(place.concurrency(), 2, kReadsAtOnce);
    std::vector<std::string> names;
    std::vector<std::string> contents;
    std::size_t photos_read = 0;
    const auto decode = [&] {
      if (names.empty()) return;
      AddPhotos(names, contents);
      names.clear();
      contents.clear();
    };
    RunOrdered<std::optional<std::string>>(
        count, workers,
        [&](std::size_t at) {
          return place.ReadIfPresent(paths.GetString(static_cast<std::int64_t>(at)));
        },
        [&](std::size_t at, const std::optional<std::string>& content) {
          ThrowIfInterrupted(kInterrupted);
          progress.Add(1);
          if (!content) return;
          ++photos_read;
          names.push_back(paths.GetString(static_cast<std::int64_t>(at)));
          contents.push_back(*content);
          if (names.size() == kPhotosAtOnce) decode();
        });
    decode();
    progress.Finish();
    return photos_read;
  }

  void AddPhotos(const std::vector<std::string>& names, const std::vector<std::string>& contents) {
    arrow::StringBuilder paths;
    arrow::LargeBinaryBuilder photos;
    OrThrow(paths.AppendValues(names));
    for (const std::string& content : contents) OrThrow(photos.Append(content));
    const ExportedBatch batch(*arrow::RecordBatch::Make(
        arrow::schema(
            {arrow::field("path", arrow::utf8()), arrow::field("content", arrow::large_binary())}),
        static_cast<std::int64_t>(names.size()),
        std::vector<std::shared_ptr<arrow::Array>>{OrThrow(paths.Finish()),
                                                   OrThrow(photos.Finish())}));
    Call(verger_evaluation_add_photos, handle_.get(), batch.array(), batch.schema());
  }

  const Output& output_;
  const Output* const test_;
  const EvaluationOptions& options_;
  EvaluationHandle handle_;
  Progress* progress_ = nullptr;  // of the last call, which tells how far it is
};

}  // namespace

EvaluationReport EvaluateOutput(const Output& output, const Output* test,
                                const EvaluationOptions& options) {
  return Evaluation(output, test, options).Do();
}

}  // namespace verger::cli
