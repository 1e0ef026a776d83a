#include "cli/runs/answers.h"

#include <arrow/array.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

std::vector<std::string> TextsOf(const arrow::ListArray& list, std::int64_t row) {
  const auto& items = static_cast<const arrow::StringArray&>(*list.values());
  std::vector<std::string> texts;
  for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
    texts.push_back(items.GetString(i));
  }
  return texts;
}

std::vector<float> NumbersOf(const arrow::ListArray& list, std::int64_t row) {
  const auto& items = static_cast<const arrow::FloatArray&>(*list.values());
  return {items.raw_values() + list.value_offset(row),
          items.raw_values() + list.value_offset(row + 1)};
}

class TextAnswers : public RowWriter {
 public:
  void Write(const Batch& answers) override {
    const auto& paths = ColumnOf<arrow::StringArray>(*answers, "path");
    const auto& errors = ColumnOf<arrow::StringArray>(*answers, "error");
    std::string text;
    for (std::int64_t row = 0; row < answers->num_rows(); ++row) {
      text += Printable(paths.GetView(row)) + "\n";
      if (!errors.IsNull(row)) {
        text += "  no answer: " + Printable(errors.GetView(row)) + "\n";
        continue;
      }
      const PhotoAnswer answer = AnswerAt(*answers, row);
      if (answer.unknown) text += "  unknown: probably none of the labels; the nearest are\n";
      for (std::size_t i = 0; i < answer.top.size(); ++i) {
        text +=
            fmt::format("  {:5.1f} %  {}{}\n", 100 * static_cast<double>(answer.top[i].probability),
                        Printable(answer.top[i].label), i < answer.set.size() ? "  *" : "");
      }
    }
    Print(text);
  }

  void Finish() override { Print("* in the set of likely labels\n"); }
};

}  // namespace

Classification::Classification(const Output& output, const verger_classifier& classifier)
    : classifier_(classifier) {
  const auto json = ParseJson(DescribeClassifier(classifier));
  if (json.at("network").at("column") == "features") return;
  const Reduction& reduction = output.Reduced();
  pca_ = ReadPca(output.Read(reduction.pca));
  scores_ = reduction.settings.scores();
  if (json.at("dimension") != verger_pca_components(pca_.get())) {
    throw Failure(Exit::kBadInput,
                  "the classifier was trained on pca_features of another PCA: run "
                  "verger train again");
  }
}

Batch Classification::Answer(const Batch& photos, int top) const {
  Batch rows = photos;
  if (pca_) {
    const Batch projected = ProjectFeatures(*pca_, scores_, photos);
    rows = OrThrow(projected->RenameColumns({"features"}));
  }
  const ExportedBatch exported(*rows);
  const Batch answers =
      ImportBatch(verger_classify, &classifier_, top, exported.array(), exported.schema());
  std::vector<std::shared_ptr<arrow::Field>> fields = {arrow::field("path", arrow::utf8(), false)};
  arrow::ArrayVector columns = {photos->GetColumnByName("path")};
  for (int i = 0; i < answers->num_columns(); ++i) {
    fields.push_back(answers->schema()->field(i));
    columns.push_back(answers->column(i));
  }
  fields.push_back(arrow::field("folder", arrow::utf8()));
  columns.push_back(photos->GetColumnByName("label"));
  fields.push_back(arrow::field("error", arrow::utf8()));
  columns.push_back(photos->GetColumnByName("error"));
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), photos->num_rows(),
                                  std::move(columns));
}

PhotoAnswer AnswerAt(const arrow::RecordBatch& answers, std::int64_t row) {
  PhotoAnswer answer;
  answer.label = ColumnOf<arrow::StringArray>(answers, "label").GetString(row);
  answer.probability = ColumnOf<arrow::DoubleArray>(answers, "probability").Value(row);
  answer.unknown = ColumnOf<arrow::BooleanArray>(answers, "unknown").Value(row);
  answer.set = TextsOf(ColumnOf<arrow::ListArray>(answers, "set"), row);
  answer.novelty = ColumnOf<arrow::DoubleArray>(answers, "novelty").Value(row);
  const auto shares = NumbersOf(ColumnOf<arrow::ListArray>(answers, "top_probabilities"), row);
  for (std::string& label : TextsOf(ColumnOf<arrow::ListArray>(answers, "top"), row)) {
    answer.top.push_back({std::move(label), shares[answer.top.size()]});
  }
  return answer;
}

std::unique_ptr<RowWriter> OpenAnswers(const std::string& format) {
  if (format == "text") return std::make_unique<TextAnswers>();
  return OpenRows(format);
}

}  // namespace verger::cli
