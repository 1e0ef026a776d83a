#include "cli/runs/traits.h"

#include <arrow/array.h>
#include <fmt/core.h>

#include <utility>

#include "abi/verger.h"
#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/print.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

// Photos of one call, which measures one after the other: few, so that all threads have work.
constexpr std::int64_t kPhotosAtOnce = 4;

// A line a photo, the path last: it may be of any length.
class TextTraits : public RowWriter {
 public:
  void Write(const Batch& traits) override {
    const auto& paths = ColumnOf<arrow::StringArray>(*traits, "path");
    const auto& errors = ColumnOf<arrow::StringArray>(*traits, "error");
    std::string text;
    if (!std::exchange(begun_, true)) text = " lab_l   lab_a   lab_b   area  roundness  path\n";
    for (std::int64_t row = 0; row < traits->num_rows(); ++row) {
      const auto number = [&](const char* column) {
        return ColumnOf<arrow::DoubleArray>(*traits, column).Value(row);
      };
      const std::string path = Printable(paths.GetView(row));
      if (!errors.IsNull(row)) {
        text += fmt::format("{}  {}: {}\n", kNothing, path, Printable(errors.GetView(row)));
      } else if (ColumnOf<arrow::DoubleArray>(*traits, "area").IsNull(row)) {
        text += fmt::format("{}  {}: no plain background, or nothing before it\n", kNothing, path);
      } else {
        text += fmt::format("{:6.1f}  {:6.1f}  {:6.1f}  {:5.3f}  {:9.3f}  {}\n", number("lab_l"),
                            number("lab_a"), number("lab_b"), number("area"), number("roundness"),
                            path);
      }
    }
    Print(text);
  }

 private:
  static constexpr const char* kNothing = "     -       -       -      -          -";
  bool begun_ = false;
};

}  // namespace

std::int64_t MeasureTraits(const std::vector<PhotoSource>& sources, const TraitOptions& options,
                           const std::function<void(const Batch&)>& consume) {
  verger_traits_options limits{};
  limits.struct_size = sizeof(limits);
  limits.max_pixels = options.max_pixels;
  limits.max_bytes = options.max_bytes;
  const auto measure = [&](const Batch& photos) {
    const ExportedBatch exported(*photos);
    return ImportBatch(verger_traits, exported.array(), exported.schema(), &limits);
  };
  return MeasurePhotos(
      sources, {options.threads, options.max_bytes, kPhotosAtOnce, "traits", options.progress},
      measure, [&](const Batch& batch) {
        std::vector<std::string> names = batch->schema()->field_names();
        names[1] = "folder";  // a label is what someone says that it shows
        consume(OrThrow(batch->RenameColumns(names)));
      });
}

std::unique_ptr<RowWriter> OpenTraits(const std::string& format) {
  if (format == "text") return std::make_unique<TextTraits>();
  return OpenRows(format);
}

}  // namespace verger::cli
