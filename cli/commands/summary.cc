#include "cli/commands/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/base/text.h"
#include "cli/storage/s3/retries.h"

namespace verger::cli {
namespace {

constexpr std::size_t kRejectsShown = 20;

double PhotosPerSecond(const ExtractionSummary& extraction) {
  if (extraction.seconds <= 0) return 0;
  return static_cast<double>(extraction.extracted) / extraction.seconds;
}

}  // namespace

nlohmann::ordered_json SummaryJson(const Manifest& manifest, const ExtractionSummary& extraction) {
  nlohmann::ordered_json rejects = nlohmann::ordered_json::array();
  for (const Reject& reject : manifest.rejects) {
    rejects.push_back({{"path", reject.path}, {"reason", reject.reason}});
  }
  nlohmann::ordered_json json = {{"inputs", manifest.inputs()},
                                 {"rows", manifest.rows()},
                                 {"labels", manifest.labels},
                                 {"model",
                                  {{"name", manifest.model.name},
                                   {"sha256", manifest.model.sha256},
                                   {"preset", manifest.model.preset},
                                   {"dimension", manifest.model.dimension}}},
                                 {"extracted", extraction.extracted},
                                 {"reused", extraction.reused},
                                 {"vanished_kept", extraction.vanished_kept},
                                 {"repaired_parts", extraction.repaired},
                                 {"s3", {{"retries", S3Retries()}}},
                                 {"seconds", extraction.seconds},
                                 {"photos_per_second", PhotosPerSecond(extraction)}};
  if (manifest.reduction) {
    json["components"] = manifest.reduction->components;
    json["explained_variance"] = manifest.reduction->explained_variance;
    json["scores"] = manifest.reduction->settings.spark_scores ? "spark" : "centred";
  }
  json["rejects"] = std::move(rejects);
  return json;
}

std::string SummaryText(const Manifest& manifest, const ExtractionSummary& extraction) {
  std::string text = fmt::format(
      "{}, {}, {} by {}: {} features each", Counted(manifest.inputs(), "photo", "photos"),
      Counted(manifest.labels, "label", "labels"),
      Counted(manifest.rejected(), "reject", "rejects"), manifest.model.name,
      WithCommas(static_cast<std::uint64_t>(manifest.model.dimension)));
  if (extraction.reused > 0) {
    text += fmt::format("; {} were there already",
                        WithCommas(static_cast<std::uint64_t>(extraction.reused)));
  }
  text += "\n";
  if (extraction.vanished_kept > 0) {
    text += Counted(extraction.vanished_kept, "photo is", "photos are") +
            " no longer in PHOTOS; the rows stay (--sync drops them)\n";
  }
  if (S3Retries() > 0) {
    text += Counted(static_cast<std::int64_t>(S3Retries()), "request", "requests") +
            " to S3 sent again\n";
  }
  if (extraction.repaired > 0) {
    text += Counted(extraction.repaired, "damaged part", "damaged parts") + " made anew\n";
  }
  const std::size_t shown = std::min(kRejectsShown, manifest.rejects.size());
  for (std::size_t i = 0; i < shown; ++i) {
    text +=
        fmt::format("  rejected {}: {}\n", manifest.rejects[i].path, manifest.rejects[i].reason);
  }
  const auto more = static_cast<std::uint64_t>(manifest.rejected()) - shown;
  if (more > 0) {
    text += fmt::format("  ... and {} more: Preprocessing has them, column 'error'\n",
                        WithCommas(more));
  }
  return text;
}

std::string ReductionText(const Manifest& manifest) {
  const Reduction& reduction = *manifest.reduction;
  return fmt::format("{} explain {:.1f} % of the variance\n",
                     Counted(reduction.components, "component", "components"),
                     100 * reduction.explained_variance);
}

}  // namespace verger::cli
