#include "cli/commands/summary.h"

#include <nlohmann/json.hpp>

#include "cli/base/json.h"
#include "cli/base/library.h"

namespace verger::cli {

std::string FactsOf(const ExtractionSummary& extraction, std::uint64_t s3_retries,
                    const Drift* drift) {
  nlohmann::json facts = {{"committed", extraction.committed},
                          {"extracted", extraction.extracted},
                          {"reused", extraction.reused},
                          {"vanished", extraction.vanished_kept},
                          {"outdated", extraction.outdated},
                          {"repaired", extraction.repaired},
                          {"seconds", extraction.seconds},
                          {"s3_retries", s3_retries},
                          {"passed_over", extraction.files.passed_over}};
  for (const UnreadFolder& folder : extraction.unread) {
    facts["unread"].push_back({{"path", folder.path}, {"reason", folder.reason}});
  }
  if (!extraction.isolation.empty()) facts["isolation"] = extraction.isolation;
  if (drift != nullptr) {
    facts["drift"] = {{"photos", drift->rows},
                      {"mean_shift", drift->mean_shift},
                      {"residual", drift->residual},
                      {"expected_residual", drift->expected_residual},
                      {"refit", drift->refit != 0}};
  }
  return FormatJson(facts);
}

std::string SummaryOf(verger_summary_kind kind, const Manifest& manifest,
                      const ExtractionSummary& extraction, std::uint64_t s3_retries,
                      const Drift* drift) {
  const std::string document = ToJson(manifest);
  const std::string facts = FactsOf(extraction, s3_retries, drift);
  return TextOf(verger_summary, Borrowed(document), Borrowed(facts), kind);
}

void RefuseTooManyRejects(const Manifest& manifest, double most) {
  const std::string document = ToJson(manifest);
  const std::string why = TextOf(verger_too_many_rejects, Borrowed(document), most);
  if (!why.empty()) throw Failure(Exit::kTooManyRejects, why);
}

}  // namespace verger::cli
