#include "cli/runs/drift.h"

#include "cli/engine/batches.h"
#include "cli/engine/handles.h"

namespace verger::cli {

Drift DriftOf(const Output& output, const Reduction& reduction, const verger_moments& fresh) {
  Drift drift{};
  drift.struct_size = sizeof(Drift);
  if (verger_moments_count(&fresh) == 0) return drift;
  const PcaHandle pca = ReadPca(output.Read(reduction.pca));
  Call(verger_pca_drift, pca.get(), &fresh, &drift);
  return drift;
}

}  // namespace verger::cli
