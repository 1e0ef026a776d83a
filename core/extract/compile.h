// compile.h: a network made ready for this processor.
#pragma once

#include <openvino/openvino.hpp>

#include "core/base/result.h"
#include "core/model/model.h"

namespace verger {

// How the engine shares its threads out.
struct EnginePlan {
  int batch_size;
  int threads;
  int streams;  // batches computed at a time; 0: the engine's choice for network and processor
};

// How the engine is to compute `model`.
ov::AnyMap EngineSettings(const Model& model, const EnginePlan& plan);

// Compiles `model` for batches of `plan.batch_size`, computed in its precision. Where the streams
// run is the engine's business: it spreads them over NUMA nodes.
//
// Errors: as NetworkToCompile(); throws ov::Exception, std::bad_alloc.
Result<ov::CompiledModel> Compile(const Model& model, const EnginePlan& plan);

}  // namespace verger
