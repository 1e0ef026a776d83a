// handles.h: what is behind the opaque types of verger.h.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/verger.h"
#include "core/classify/classifier.h"
#include "core/classify/train.h"
#include "core/extract/extractor.h"
#include "core/model/model.h"
#include "core/pca/moments.h"
#include "core/pca/pca.h"
#include "core/runs/duplicates.h"
#include "core/runs/forget.h"
#include "core/runs/verify.h"
#include "core/search/index.h"
#include "core/search/photo_search.h"

struct verger_model {
  verger::Model model;
  std::string description;
};

struct verger_extractor {
  verger::Extractor extractor;
};

struct verger_moments {
  verger::Moments moments;
};

struct verger_duplicates {
  verger::DuplicateFinder finder;
  verger::DuplicatesOptions options;
  std::int32_t components = 0;
  std::int32_t dimension = 0;
};

struct verger_forgetting {
  verger::Forgetting forgetting;
};

struct verger_verification {
  verger::Verifier verifier;
};

struct verger_class_moments {
  verger::ClassMoments moments;
};

struct verger_classifier {
  const verger::Classifier classifier;
  const verger::Answerer answerer{classifier};
};

struct verger_pca {
  verger::Pca pca;
};

struct verger_index {
  verger::Index index;
  std::int64_t rows = 0;            // nulls too
  std::vector<ArrowArray> batches;  // that the features lie in

  verger_index(const verger_index&) = delete;
  verger_index& operator=(const verger_index&) = delete;
  explicit verger_index(verger::Index built) : index(std::move(built)) {}
  ~verger_index() {
    for (ArrowArray& batch : batches) batch.release(&batch);
  }
};

struct verger_photo_search {
  verger::PhotoSearch search;
};
