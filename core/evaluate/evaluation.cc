#include "core/evaluate/evaluation.h"

#include <algorithm>
#include <utility>

#include "core/base/parallel.h"
#include "core/evaluate/evaluation_json.h"
#include "core/evaluate/evaluation_text.h"
#include "core/runs/sample.h"

namespace verger {

EvaluationRun::EvaluationRun(EvaluateSettings settings, RowCollector rows,
                             std::optional<RowCollector> test)
    : settings_(std::move(settings)),
      collector_(std::move(rows)),
      test_collector_(std::move(test)),
      expected_(collector_->expected()) {}

Status EvaluationRun::Add(bool of_test, std::string_view path, std::string_view label,
                          std::span<const float> features) {
  std::optional<RowCollector>& collector = of_test ? test_collector_ : collector_;
  if (!collector) {
    return Error{Code::kBadCall, of_test && collector_
                                     ? "evaluation: no output to test on was given"
                                     : "evaluation: add all rows before the photos"};
  }
  return collector->Add(path, label, features);
}

void EvaluationRun::CloseRows() {
  if (!collector_) return;
  const auto names = LabelNames(*collector_, test_collector_ ? &*test_collector_ : nullptr);
  rows_ = std::move(*collector_).Finish(names);
  if (test_collector_) test_ = std::move(*test_collector_).Finish(names);
  collector_.reset();
  test_collector_.reset();
}

std::vector<std::string> EvaluationRun::BorderPhotos() {
  CloseRows();
  std::vector<std::pair<std::uint64_t, std::size_t>> ranked;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    ranked.emplace_back(SampleRank(rows_.paths[row]), row);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(ranked.size(), kMaxBorders));
  std::vector<std::string> paths;
  for (const auto& [rank, row] : ranked) {
    paths.push_back(rows_.paths[row]);
    border_rows_.try_emplace(rows_.paths[row], row);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void EvaluationRun::AddPhotos(std::span<const std::string_view> paths,
                              std::span<const Bytes> photos) {
  std::vector<std::optional<Border>> borders(photos.size());
  ForEachPiece(static_cast<int>(photos.size()), settings_.threads, [&](int piece) {
    const auto at = static_cast<std::size_t>(piece);
    if (auto border = BorderOf(photos[at])) borders[at] = *border;
  });
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto at = border_rows_.find(std::string(paths[i]));
    if (borders[i] && at != border_rows_.end()) borders_.emplace_back(at->second, *borders[i]);
  }
}

void EvaluationRun::SetNoPhotos(std::string_view reason) { no_photos_ = reason; }

std::optional<Background> EvaluationRun::BackgroundOf(const Evaluation& evaluation) {
  if (borders_.empty()) {
    if (no_photos_.empty()) return std::nullopt;
    Background none;
    none.reason = no_photos_;
    return none;
  }
  std::sort(borders_.begin(), borders_.end());
  Borders borders;
  for (const auto& [row, border] : borders_) {
    borders.rows.push_back(row);
    borders.values.insert(borders.values.end(), border.begin(), border.end());
  }
  return MeasureBackground(rows_, borders, evaluation.own_splits, evaluation.own_split,
                           settings_.threads);
}

Result<EvaluationDocuments> EvaluationRun::Finish(const Progress& progress) {
  CloseRows();
  const EvaluationRows* test = test_ ? &*test_ : nullptr;
  VERGER_ASSIGN_OR_RETURN(Evaluation evaluation, Evaluate(rows_, test, settings_, progress));
  evaluation.photos_of_output = expected_;
  const std::optional<Background> background = BackgroundOf(evaluation);
  return EvaluationDocuments{ToJson(evaluation, rows_, test, background),
                             ToText(evaluation, rows_, background)};
}

}  // namespace verger
