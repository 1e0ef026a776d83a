#include "core/extract/compile.h"

#include <algorithm>

#include "core/model/engine.h"

namespace verger {

ov::AnyMap EngineSettings(const Model& model, const EnginePlan& plan) {
  // The precision is set, or the engine would choose by the processor; what int8 leaves in floating
  // point stays float32. No pinning: callers may move over to idle cores.
  const bool bf16 = model.precision == Precision::kBf16;
  ov::AnyMap settings = {ov::inference_num_threads(plan.threads),
                         ov::hint::inference_precision(bf16 ? ov::element::bf16 : ov::element::f32),
                         ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT),
                         ov::hint::enable_cpu_pinning(false)};
  if (plan.streams > 0) settings.insert(ov::num_streams(std::min(plan.streams, plan.threads)));
  // The engine's own name for making int8 of a quantised network; there is no public one.
  if (model.in_float) settings["LP_TRANSFORMS_MODE"] = false;
  return settings;
}

Result<ov::CompiledModel> Compile(const Model& model, const EnginePlan& plan) {
  VERGER_ASSIGN_OR_RETURN(const std::shared_ptr<ov::Model> network, NetworkToCompile(model));
  network->reshape(
      ov::PartialShape{plan.batch_size, model.preset.input.height, model.preset.input.width, 3});
  return Engine().compile_model(network, "CPU", EngineSettings(model, plan));
}

}  // namespace verger
