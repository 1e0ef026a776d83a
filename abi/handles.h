// handles.h: what is behind the opaque types of verger.h.
#pragma once

#include <string>

#include "abi/verger.h"
#include "core/extract/extractor.h"
#include "core/model/model.h"
#include "core/pca/moments.h"
#include "core/pca/pca.h"
#include "core/runs/duplicates.h"
#include "core/runs/forget.h"
#include "core/runs/verify.h"

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

struct verger_pca {
  verger::Pca pca;
};
