#include "abi/feature_source.h"

#include <fmt/core.h>

#include <span>

#include "core/base/sha256.h"

namespace verger::abi {

Result<OutputFeatures> FeaturesOf(const Manifest& manifest, std::string_view column) {
  if (column.empty()) column = "features";
  if (column != "features" && column != "pca_features") {
    return Error{Code::kBadCall,
                 fmt::format("column \"{}\": choose features or pca_features", column)};
  }
  const ModelIdentity& model = manifest.model;
  OutputFeatures of;
  of.source = {model.name,     model.sha256,    model.preset,
               model.identity, model.precision, std::string(column)};
  of.dimension = model.dimension;
  std::string names;
  for (const PartEntry& part : manifest.preprocessing) names += part.file.sha256 + "\n";
  if (column == "pca_features") {
    if (!manifest.reduction) {
      return Error{Code::kBadCall, "the output has no pca_features: run verger reduce first"};
    }
    of.dimension = manifest.reduction->components;
    // Axes of another PCA are other features.
    of.source.identity += ":pca=" + manifest.reduction->pca.sha256;
  }
  of.data = Sha256(std::as_bytes(std::span(names)));
  return of;
}

}  // namespace verger::abi
