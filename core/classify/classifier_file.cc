#include "core/classify/classifier_file.h"

#include <fmt/core.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <new>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/safetensors.h"
#include "core/classify/moments_tensors.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "verger-classifier";
constexpr const char* kVersion = "1";

Error Bad(std::string_view name, std::string_view reason) {
  return {Code::kBadFeatures,
          fmt::format("{}: not a whole classifier: {}; verger train makes it again", name, reason)};
}

Json ConfidenceOf(const Classifier& classifier) {
  const Confidence& confidence = classifier.confidence;
  return {{"temperature", confidence.temperature},
          {"coverage", confidence.coverage},
          {"least_share", confidence.least_share},
          {"false_accepts", confidence.false_accepts},
          {"most_novelty", confidence.most_novelty}};
}

Json HeldOutOf(const Classifier& classifier) {
  const HeldOut& held_out = classifier.held_out;
  return {{"photos", held_out.photos},
          {"accuracy", held_out.accuracy},
          {"calibration_error", held_out.calibration_error},
          {"coverage", held_out.coverage},
          {"known_accepts", held_out.known_accepts},
          {"unknown_accepts", held_out.unknown_accepts},
          {"unknown_auroc", held_out.unknown_auroc}};
}

Json SourceOf(const Classifier& classifier) {
  const FeatureSource& source = classifier.source;
  return {{"name", source.name},           {"sha256", source.sha256},
          {"preset", source.preset},       {"identity", source.identity},
          {"precision", source.precision}, {"column", source.column}};
}

Json SettingsOf(const Classifier& classifier) {
  return {{"method", NameOf(classifier.method)},  {"transform", NameOf(classifier.transform)},
          {"shrinkage", classifier.shrinkage},    {"penalty", classifier.penalty},
          {"groups", classifier.groups},          {"label_level", classifier.label_level},
          {"label_table", classifier.label_table}};
}

std::int64_t Length(std::size_t size) { return static_cast<std::int64_t>(size); }

// The array `name`, if it has just this shape and all of it is finite.
template <typename Value>
bool Take(const SafeTensors& file, const char* name, std::initializer_list<std::int64_t> shape,
          std::vector<Value>* values) {
  const auto tensor = file.tensors.find(name);
  if (tensor == file.tensors.end()) return false;
  const auto* own = std::get_if<std::vector<Value>>(&tensor->second.values);
  if (own == nullptr || tensor->second.shape != std::vector<std::int64_t>(shape)) return false;
  for (const Value value : *own) {
    if (!std::isfinite(value)) return false;
  }
  *values = *own;
  return true;
}

bool TakeArrays(const SafeTensors& file, Classifier* classifier) {
  const std::int64_t labels = Length(classifier->labels.size());
  const std::int64_t width = classifier->dimension;
  const auto axes = file.tensors.find("axes");
  if (axes == file.tensors.end() || axes->second.shape.size() != 2) return false;
  const std::int64_t components = axes->second.shape[0];
  if (components < 1 || components > labels) return false;
  DiscriminantSpace& space = classifier->space;
  space.components = static_cast<int>(components);
  const std::int64_t taught = Length(classifier->taught_labels.size());
  return Take(file, "axes", {components, width}, &space.axes) &&
         Take(file, "offset", {components}, &space.offset) &&
         Take(file, "places", {labels, components}, &space.means) &&
         Take(file, "log_priors", {labels}, &space.log_priors) &&
         Take(file, "weights", {labels, width}, &classifier->linear.weights) &&
         Take(file, "bias", {labels}, &classifier->linear.bias) &&
         Take(file, "taught", {taught, width}, &classifier->taught);
}

// Errors: nlohmann's for keys that are missing or of another type.
bool TakeTexts(const std::map<std::string, std::string>& texts, Classifier* classifier) {
  const auto json = [&](const char* key) {
    const std::string& text = texts.at(key);
    return IsDeepJson(text) ? Json() : ParseOrderedJson(text);
  };
  const Json source = json("network");
  classifier->source = {source.at("name"),     source.at("sha256"),    source.at("preset"),
                        source.at("identity"), source.at("precision"), source.at("column")};
  classifier->data = texts.at("data");
  const Json settings = json("settings");
  const auto method = MethodNamed(settings.at("method").get<std::string>());
  const auto transform = TransformNamed(settings.at("transform").get<std::string>());
  if (!method || !transform) return false;
  classifier->method = *method;
  classifier->transform = *transform;
  classifier->shrinkage = settings.at("shrinkage");
  classifier->penalty = settings.at("penalty");
  classifier->groups = settings.at("groups");
  classifier->label_level = settings.value("label_level", 0);
  classifier->label_table = settings.value("label_table", "");
  const Json confidence = json("confidence");
  classifier->confidence = {confidence.at("temperature"), confidence.at("coverage"),
                            confidence.at("least_share"), confidence.at("false_accepts"),
                            confidence.at("most_novelty")};
  const Json held_out = json("held_out");
  classifier->held_out = {
      held_out.at("photos"),       held_out.at("accuracy"),      held_out.at("calibration_error"),
      held_out.at("coverage"),     held_out.at("known_accepts"), held_out.at("unknown_accepts"),
      held_out.at("unknown_auroc")};
  classifier->taught_labels = json("taught_labels").get<std::vector<std::string>>();
  return classifier->confidence.temperature > 0;
}

}  // namespace

std::string SaveClassifier(const Classifier& classifier) {
  SafeTensors file;
  file.metadata = {{"format", kFormat},
                   {"version", kVersion},
                   {"network", FormatJson(SourceOf(classifier))},
                   {"data", classifier.data},
                   {"settings", FormatJson(SettingsOf(classifier))},
                   {"confidence", FormatJson(ConfidenceOf(classifier))},
                   {"held_out", FormatJson(HeldOutOf(classifier))},
                   {"taught_labels", FormatJson(Json(classifier.taught_labels))}};
  PutMoments(classifier.moments, &file);
  const DiscriminantSpace& space = classifier.space;
  const std::int64_t labels = Length(classifier.labels.size());
  const std::int64_t width = classifier.dimension;
  file.tensors["axes"] = {{space.components, width}, space.axes};
  file.tensors["offset"] = {{space.components}, space.offset};
  file.tensors["places"] = {{labels, space.components}, space.means};
  file.tensors["log_priors"] = {{labels}, space.log_priors};
  file.tensors["weights"] = {{labels, width}, classifier.linear.weights};
  file.tensors["bias"] = {{labels}, classifier.linear.bias};
  file.tensors["taught"] = {{Length(classifier.taught_labels.size()), width}, classifier.taught};
  return WriteSafeTensors(file);
}

Result<Classifier> LoadClassifier(Bytes bytes, std::string_view name) {
  VERGER_ASSIGN_OR_RETURN(SafeTensors file, ReadSafeTensors(bytes, name));
  if (file.metadata["format"] != kFormat) return Bad(name, "it is of another format");
  if (file.metadata["version"] != kVersion) {
    return Bad(name, fmt::format("version {} is not known here", file.metadata["version"]));
  }
  Classifier classifier;
  VERGER_ASSIGN_OR_RETURN(classifier.moments, TakeMoments(file, name));
  classifier.dimension = classifier.moments.dimension();
  for (const auto& [label, own] : classifier.moments.labels()) classifier.labels.push_back(label);
  try {
    if (!TakeTexts(file.metadata, &classifier)) return Bad(name, "a setting has an unknown value");
  } catch (const std::bad_alloc&) {
    throw;  // the file is as good as it was
  } catch (const std::exception& exception) {
    return Bad(name, exception.what());
  }
  if (classifier.labels.size() < 2 || !TakeArrays(file, &classifier)) {
    return Bad(name, "an array is missing or of another shape");
  }
  return classifier;
}

std::string Describe(const Classifier& classifier) {
  Json counts = Json::array();
  for (const auto& [name, label] : classifier.moments.labels()) {
    counts.push_back({{"label", name}, {"photos", label.count}});
  }
  return FormatJson(Json{{"labels", counts},
                         {"photos", classifier.moments.count()},
                         {"dimension", classifier.dimension},
                         {"network", SourceOf(classifier)},
                         {"data", classifier.data},
                         {"settings", SettingsOf(classifier)},
                         {"confidence", ConfidenceOf(classifier)},
                         {"held_out", HeldOutOf(classifier)},
                         {"taught_labels", classifier.taught_labels}});
}

}  // namespace verger
