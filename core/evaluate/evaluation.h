// evaluation.h: an evaluation from its first row to its document.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluate/background.h"
#include "core/evaluate/collect.h"
#include "core/evaluate/evaluate.h"

namespace verger {

struct EvaluationDocuments {
  std::string json;  // docs/honest-results.md
  std::string text;  // one screen
};

// Takes rows, then the photos that it requests, then evaluates.
class EvaluationRun {
 public:
  EvaluationRun(EvaluateSettings settings, RowCollector rows, std::optional<RowCollector> test);

  // Errors: as RowCollector::Add; kBadCall after any other call.
  Status Add(bool of_test, std::string_view path, std::string_view label,
             std::span<const float> features);

  // Photos whose borders are compared.
  std::vector<std::string> BorderPhotos();

  // Photos by their paths; what is none is passed over. Cost: decodes them, over the threads.
  void AddPhotos(std::span<const std::string_view> paths, std::span<const Bytes> photos);

  // Why there are no photos.
  void SetNoPhotos(std::string_view reason);

  // Errors: as Evaluate.
  Result<EvaluationDocuments> Finish(const Progress& progress);

 private:
  void CloseRows();
  std::optional<Background> BackgroundOf(const Evaluation& evaluation);

  const EvaluateSettings settings_;
  std::optional<RowCollector> collector_;
  std::optional<RowCollector> test_collector_;
  std::int64_t expected_ = 0;
  EvaluationRows rows_;
  std::optional<EvaluationRows> test_;
  std::unordered_map<std::string, std::size_t> border_rows_;  // rows by path
  std::vector<std::pair<std::size_t, Border>> borders_;
  std::string no_photos_;
};

}  // namespace verger
