// Saved moments of classes: docs/feature-format.md.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/limits.h"
#include "core/base/safetensors.h"
#include "core/classify/class_moments.h"
#include "core/classify/moments_tensors.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

constexpr const char* kFormat = "verger-class-moments";
constexpr std::int64_t kMostDimension = kMaxDimension;
constexpr std::int64_t kMostRows = std::int64_t{1} << 40;  // of a label

Error Bad(std::string_view name, std::string_view reason) {
  return {Code::kBadFeatures, fmt::format("{}: no whole moments of classes: {}", name, reason)};
}

template <typename Value>
const std::vector<Value>* Find(const SafeTensors& file, const char* name) {
  const auto tensor = file.tensors.find(name);
  return tensor == file.tensors.end() ? nullptr
                                      : std::get_if<std::vector<Value>>(&tensor->second.values);
}

bool AllFinite(const std::vector<double>& values) {
  for (const double value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

void PutMoments(const ClassMoments& moments, SafeTensors* file) {
  std::vector<std::int64_t> counts;
  std::vector<double> means;
  nlohmann::json labels = nlohmann::json::array();
  for (const auto& [name, label] : moments.labels()) {
    labels.push_back(name);
    counts.push_back(label.count);
    means.insert(means.end(), label.mean.begin(), label.mean.end());
  }
  const auto count = static_cast<std::int64_t>(counts.size());
  file->metadata["labels"] = FormatJson(labels);
  file->metadata["dimension"] = std::to_string(moments.dimension());
  file->tensors["counts"] = {{count}, std::move(counts)};
  file->tensors["means"] = {{count, moments.dimension()}, std::move(means)};
  std::vector<double> scatter(moments.scatter().begin(), moments.scatter().end());
  const auto size = static_cast<std::int64_t>(scatter.size());
  file->tensors["scatter"] = {{size}, std::move(scatter)};
}

Result<ClassMoments> TakeMoments(const SafeTensors& file, std::string_view name) {
  const auto* counts = Find<std::int64_t>(file, "counts");
  const auto* means = Find<double>(file, "means");
  const auto* scatter = Find<double>(file, "scatter");
  const auto text = file.metadata.find("labels");
  if (counts == nullptr || means == nullptr || scatter == nullptr || text == file.metadata.end()) {
    return Bad(name, "an array is missing");
  }
  if (IsDeepJson(text->second)) return Bad(name, "its labels are no list");
  const auto names = ParseJsonOrDiscard(text->second);
  const std::vector<std::int64_t>& shape = file.tensors.at("means").shape;
  if (!names.is_array() || names.size() != counts->size() || shape.size() != 2 ||
      shape[0] != static_cast<std::int64_t>(counts->size()) || shape[1] < 1 ||
      shape[1] > kMostDimension) {
    return Bad(name, "its labels and its means differ in number");
  }
  const auto width = static_cast<std::size_t>(shape[1]);
  if (scatter->size() != (counts->empty() ? 0 : TriangleSize(width))) {
    return Bad(name, "the sizes of its scatter and its means differ");
  }
  if (!AllFinite(*means) || !AllFinite(*scatter)) return Bad(name, "a number is not finite");
  ClassMoments::Labels labels;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    if (!names[i].is_string() || (*counts)[i] < 1 || (*counts)[i] > kMostRows) {
      return Bad(name, "a label without rows, or with too many");
    }
    const auto begin = means->begin() + static_cast<std::ptrdiff_t>(i * width);
    if (i > 0 && !(names[i - 1].get<std::string>() < names[i].get<std::string>())) {
      return Bad(name, "its labels are not in order");  // of arrays, which follow them
    }
    labels[names[i].get<std::string>()] = {(*counts)[i],
                                           {begin, begin + static_cast<std::ptrdiff_t>(width)}};
  }
  if (labels.size() != counts->size()) return Bad(name, "a label occurs twice");
  return ClassMoments::Of(static_cast<int>(width), std::move(labels), *scatter);
}

std::string ClassMoments::Serialize() const {
  SafeTensors file;
  file.metadata = {{"format", kFormat}, {"version", "1"}};
  PutMoments(*this, &file);
  return WriteSafeTensors(file);
}

Result<ClassMoments> ClassMoments::Parse(Bytes bytes) {
  constexpr std::string_view kName = "moments of classes";
  VERGER_ASSIGN_OR_RETURN(SafeTensors file, ReadSafeTensors(bytes, kName));
  if (file.metadata["format"] != kFormat || file.metadata["version"] != "1") {
    return Bad(kName, "of another format or version");
  }
  return TakeMoments(file, kName);
}

}  // namespace verger
