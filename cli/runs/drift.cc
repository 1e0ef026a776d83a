#include "cli/runs/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/engine/handles.h"

namespace verger::cli {
namespace {

// Far beyond what chance does to photos of the same kind; docs/reliability.md has examples.
bool ShouldRefit(const Drift& drift) {
  const double by_chance = 3 / std::sqrt(static_cast<double>(drift.rows));
  return drift.rows > 0 && (drift.mean_shift > std::max(0.25, by_chance) ||
                            drift.residual > 1.25 * drift.expected_residual + 0.02);
}

}  // namespace

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

std::string DriftText(const Drift& drift) {
  if (drift.rows == 0) return "PCA kept; no new photos\n";
  return fmt::format(
      "PCA kept; of {} new photos the mean lies {:.2f} standard deviations away and {:.1f} % of "
      "the "
      "variance outside it, where {:.1f} % was before: {}\n",
      drift.rows, drift.mean_shift, 100 * drift.residual, 100 * drift.expected_residual,
      ShouldRefit(drift) ? "fit anew, by the same command without --keep-pca" : "it still fits");
}

nlohmann::ordered_json DriftJson(const Drift& drift) {
  return {{"photos", drift.rows},
          {"mean_shift", drift.mean_shift},
          {"residual", drift.residual},
          {"expected_residual", drift.expected_residual},
          {"refit", ShouldRefit(drift)}};
}

}  // namespace verger::cli
