// handles.h: owners of what verger.h hands out.
#pragma once

#include <memory>

#include "abi/verger.h"
#include "cli/base/library.h"

namespace verger::cli {

template <auto Free>
struct FreeBy {
  template <typename Handle>
  void operator()(Handle* handle) const {
    Free(handle);
  }
};

using ModelHandle = std::unique_ptr<verger_model, FreeBy<verger_model_free>>;
using ExtractorHandle = std::unique_ptr<verger_extractor, FreeBy<verger_extractor_free>>;
using MomentsHandle = std::unique_ptr<verger_moments, FreeBy<verger_moments_free>>;
using PlanHandle = std::unique_ptr<verger_plan, FreeBy<verger_plan_free>>;
using ContentsHandle = std::unique_ptr<verger_contents, FreeBy<verger_contents_free>>;
using PcaHandle = std::unique_ptr<verger_pca, FreeBy<verger_pca_free>>;

}  // namespace verger::cli
