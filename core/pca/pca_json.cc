// The PCA document, version 1: docs/feature-format.md.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/pca/pca.h"

namespace verger {
namespace {

using Json = nlohmann::json;

constexpr char kFormat[] = "verger-pca";
constexpr int kVersion = 1;
constexpr std::int64_t kMaxDimension = 1 << 20;
constexpr std::int64_t kMaxRows = std::int64_t{1} << 53;

Error Bad(std::string_view reason) {
  return Error{Code::kBadFeatures,
               fmt::format("this is not a PCA document: {}; fit the PCA again", reason)};
}

const Json* Find(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() ? nullptr : &*member;
}

Result<std::int64_t> Integer(const Json& object, const char* name, std::int64_t least,
                             std::int64_t most) {
  const Json* field = Find(object, name);
  // An unsigned number beyond int64 would turn negative, and be refused as such.
  if (field == nullptr || !field->is_number_integer() || field->get<std::int64_t>() < least ||
      field->get<std::int64_t>() > most) {
    return Bad(fmt::format("'{}' is not an integer from {} to {}", name, least, most));
  }
  return field->get<std::int64_t>();
}

Result<std::string> String(const Json& object, const char* name) {
  const Json* field = Find(object, name);
  if (field == nullptr || !field->is_string())
    return Bad(fmt::format("'{}' is not a string", name));
  return field->get<std::string>();
}

Status Append(const Json* array, std::size_t size, std::string_view name,
              std::vector<double>& numbers) {
  if (array == nullptr || !array->is_array() || array->size() != size) {
    return Bad(fmt::format("'{}' is not a list of {} numbers", name, size));
  }
  for (const Json& number : *array) {
    if (!number.is_number())
      return Bad(fmt::format("'{}' contains something other than numbers", name));
    numbers.push_back(number.get<double>());
  }
  return Ok();
}

Status AppendAxes(const Json* array, const Pca& pca, std::vector<double>& axes) {
  const auto count = static_cast<std::size_t>(pca.components);
  if (array == nullptr || !array->is_array() || array->size() != count) {
    return Bad(fmt::format("'components' is not a list of {} lists", count));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = axes.size();
    VERGER_RETURN_IF_ERROR(Append(&(*array)[i], static_cast<std::size_t>(pca.dimension),
                                  fmt::format("components[{}]", i), axes));
    double square = 0;
    for (std::size_t j = first; j < axes.size(); ++j) square += axes[j] * axes[j];
    if (!(std::abs(square - 1) < 1e-6)) {
      return Bad(fmt::format("'components[{}]' is not of length 1", i));
    }
  }
  return Ok();
}

}  // namespace

std::string ToJson(const Pca& pca) {
  Json axes = Json::array();
  const auto width = static_cast<std::size_t>(pca.dimension);
  for (std::size_t i = 0; i < static_cast<std::size_t>(pca.components); ++i) {
    axes.push_back(std::span(pca.axes).subspan(i * width, width));
  }
  const Json document = {
      {"format", kFormat},
      {"version", kVersion},
      {"model",
       {{"name", pca.identity.model},
        {"sha256", pca.identity.sha256},
        {"preset", pca.identity.preset}}},
      {"rows", pca.rows},
      {"dimension", pca.dimension},
      {"n_components", pca.components},
      {"explained_variance", pca.explained_variance},
      {"explained_variance_ratio", pca.explained_variance_ratio},
      {"mean", pca.mean},
      {"components", std::move(axes)},
  };
  // A name that is no UTF-8 must not cost the document.
  return FormatJson(document) + "\n";
}

Result<Pca> PcaFromJson(const std::string& json) {
  if (IsDeepJson(json)) return Bad("it is nested too deep");
  const Json document = ParseJsonOrDiscard(json);
  if (!document.is_object()) return Bad("it is not a JSON object");
  VERGER_ASSIGN_OR_RETURN(const std::string format, String(document, "format"));
  if (format != kFormat) return Bad(fmt::format("'format' is not {}", kFormat));
  VERGER_ASSIGN_OR_RETURN(const std::int64_t version, Integer(document, "version", 1, kMaxRows));
  if (version != kVersion) return Bad(fmt::format("version {} is not known here", version));

  Pca pca;
  const Json* model = Find(document, "model");
  if (model == nullptr || !model->is_object()) return Bad("'model' is not an object");
  VERGER_ASSIGN_OR_RETURN(pca.identity.model, String(*model, "name"));
  VERGER_ASSIGN_OR_RETURN(pca.identity.sha256, String(*model, "sha256"));
  VERGER_ASSIGN_OR_RETURN(pca.identity.preset, String(*model, "preset"));
  VERGER_ASSIGN_OR_RETURN(pca.rows, Integer(document, "rows", 2, kMaxRows));
  VERGER_ASSIGN_OR_RETURN(const std::int64_t dimension,
                          Integer(document, "dimension", 1, kMaxDimension));
  VERGER_ASSIGN_OR_RETURN(const std::int64_t components,
                          Integer(document, "n_components", 1, dimension));
  pca.dimension = static_cast<int>(dimension);
  pca.components = static_cast<int>(components);
  const auto count = static_cast<std::size_t>(components);
  VERGER_RETURN_IF_ERROR(Append(Find(document, "explained_variance"), count, "explained_variance",
                                pca.explained_variance));
  VERGER_RETURN_IF_ERROR(Append(Find(document, "explained_variance_ratio"), count,
                                "explained_variance_ratio", pca.explained_variance_ratio));
  VERGER_RETURN_IF_ERROR(
      Append(Find(document, "mean"), static_cast<std::size_t>(dimension), "mean", pca.mean));
  VERGER_RETURN_IF_ERROR(AppendAxes(Find(document, "components"), pca, pca.axes));
  return pca;
}

}  // namespace verger
