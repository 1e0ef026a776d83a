// example.h: a manifest for tests.
#pragma once

#include <string>

#include "core/runs/manifest.h"

namespace verger {

// Version `version` of an output, with one part of each kind, of the same number.
inline Manifest Example(int version = 1) {
  const std::string number = std::to_string(version);
  Manifest manifest;
  manifest.photos = "/orchard with spaces/é";
  manifest.labels = 2;
  manifest.model = {"resnet50", "ab", "keras", "keras:224x224", 2048};
  manifest.preprocessing = {
      {{"Preprocessing/part-0000" + number + ".parquet", 10, "cd"}, 3, 1, "a/a.jpg", "a/d.jpg"}};
  manifest.moments = {"_verger/moments-00000" + number + ".bin", 5, "ef"};
  if (version > 1) {
    manifest.replaced = {"Preprocessing/part-0000" + std::to_string(version - 1) + ".parquet"};
  }
  manifest.rejects = {{"a/b.jpg", "empty \"file\""}};
  Reduction reduction;
  reduction.settings = {0, 0.95, true, false};
  reduction.moments = "ef";
  reduction.components = 7;
  reduction.explained_variance = 0.951;
  reduction.pca = {"_verger/pca-00000" + number + ".json", 6, "01"};
  PartEntry result;
  result.file = {"Results/part-0000" + number + ".parquet", 9, "23"};
  result.rows = 3;
  reduction.results.push_back({result, "cd"});
  manifest.reduction = reduction;
  return manifest;
}

}  // namespace verger
