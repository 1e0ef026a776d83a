// compile.h: a network made ready for this processor.
#pragma once

#include <openvino/openvino.hpp>

#include "core/model/model.h"

namespace verger {

// How the engine shares its threads out.
struct EnginePlan {
  int batch_size;
  int threads;
  int streams;  // batches computed at a time; 0: the engine's choice for network and processor
};

// Compiles `model` for batches of `plan.batch_size`, computed in its precision. Where the streams run is
// the engine's business: it spreads them over NUMA nodes.
//
// Errors: throws ov::Exception, std::bad_alloc.
ov::CompiledModel Compile(ov::Core& core, const Model& model, const EnginePlan& plan);

}  // namespace verger
