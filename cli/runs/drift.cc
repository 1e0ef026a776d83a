#include "cli/runs/drift.h"

#include <string>

#include "cli/engine/handles.h"

namespace verger::cli {
Drift DriftOf(const Output& output, const Reduction& reduction, const verger_moments& fresh) {
  Drift drift{};
  drift.struct_size = sizeof(Drift);
  if (verger_moments_count(&fresh) == 0) return drift;
  const std::string document = output.Read(reduction.pca);
  verger_pca* read = nullptr;
  Call(verger_pca_from_json, document.data(), document.size(), &read);
  const PcaHandle pca(read);
  Call(verger_pca_drift, pca.get(), &fresh, &drift);
  return drift;
}

}  // namespace verger::cli
