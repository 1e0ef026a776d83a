#include "core/runs/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/runs/file_kinds.h"
#include "core/runs/numbers.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

// What a summary takes of a manifest.
struct Content {
  std::int64_t rows = 0;
  std::int64_t rejected = 0;
  std::int64_t labels = 0;
  Json model;      // name, sha256, preset, dimension, precision
  Json reduction;  // components, explained_variance, scores; null before the first
  Json rejects;    // as the manifest lists them: maybe not all

  std::int64_t inputs() const { return rows + rejected; }
};

struct Drift {
  std::int64_t photos = 0;
  double mean_shift = 0;
  double residual = 0;
  double expected_residual = 0;
  bool refit = false;
};

struct Facts {
  bool committed = true;
  std::int64_t extracted = 0;
  std::int64_t reused = 0;
  std::int64_t vanished = 0;
  std::int64_t outdated = 0;
  std::int64_t repaired = 0;
  double seconds = 0;
  std::optional<std::int64_t> s3_retries;
  std::optional<std::array<std::int64_t, kFileKinds>> passed_over;
  Json unread = Json::array();  // folders: path, reason
  std::vector<std::string> isolation;
  std::optional<Drift> drift;
};

// A count of photos whose sums do not overflow.
bool IsCount(std::int64_t count) { return 0 <= count && count <= std::int64_t{1} << 40; }

Result<Content> ReadContent(std::string_view manifest) try {
  if (IsDeepJson(manifest)) {
    return Error{Code::kBadOutput, "not a manifest of verger: it is nested too deep"};
  }
  const Json json = ParseOrderedJson(manifest);
  Content content;
  for (const Json& part : json.at("preprocessing")) {
    const auto rows = part.at("rows").get<std::int64_t>();
    const auto rejects = part.at("rejects").get<std::int64_t>();
    if (!IsCount(rows) || !IsCount(rejects)) {
      return Error{Code::kBadOutput, "not a manifest of verger: a part has no count of its rows"};
    }
    content.rows += rows;
    content.rejected += rejects;
  }
  content.labels = json.at("labels").get<std::int64_t>();
  const Json& model = json.at("model");
  content.model = {{"name", model.at("name").get<std::string>()},
                   {"sha256", model.at("sha256")},
                   {"preset", model.at("preset")},
                   {"dimension", model.at("dimension").get<std::int64_t>()},
                   {"precision", model.value("precision", "fp32")}};
  if (json.contains("reduction")) {
    const Json& reduction = json.at("reduction");
    content.reduction = {{"components", reduction.at("components").get<std::int64_t>()},
                         {"explained_variance", reduction.at("explained_variance").get<double>()},
                         {"scores", reduction.at("settings").at("scores")}};
  }
  content.rejects = Json::array();
  for (const Json& reject : json.at("rejects")) {
    content.rejects.push_back({{"path", reject.at("path").get<std::string>()},
                               {"reason", reject.at("reason").get<std::string>()}});
  }
  return content;
} catch (const Json::exception& error) {
  return Error{Code::kBadOutput, fmt::format("not a manifest of verger: {}", error.what())};
}

Result<Facts> ReadFacts(std::string_view text) try {
  const Json json = ParseOrderedJson(text);
  Facts facts;
  facts.committed = json.value("committed", true);
  facts.extracted = json.value("extracted", facts.extracted);
  facts.reused = json.value("reused", facts.reused);
  facts.vanished = json.value("vanished", facts.vanished);
  facts.outdated = json.value("outdated", facts.outdated);
  facts.repaired = json.value("repaired", facts.repaired);
  facts.seconds = json.value("seconds", facts.seconds);
  if (json.contains("s3_retries")) facts.s3_retries = json.at("s3_retries").get<std::int64_t>();
  if (json.contains("passed_over")) facts.passed_over = json.at("passed_over");
  for (const Json& folder : json.value("unread", Json::array())) {
    facts.unread.push_back({{"path", folder.at("path").get<std::string>()},
                            {"reason", folder.at("reason").get<std::string>()}});
  }
  facts.isolation = json.value("isolation", facts.isolation);
  if (json.contains("drift") && !json.at("drift").is_null()) {
    const Json& drift = json.at("drift");
    facts.drift = {drift.at("photos"), drift.at("mean_shift"), drift.at("residual"),
                   drift.at("expected_residual"), drift.at("refit")};
  }
  return facts;
} catch (const Json::exception& error) {
  return Error{Code::kBadCall, fmt::format("the facts of a summary: {}", error.what())};
}

Json ToJson(const Content& content, const Facts& facts) {
  Json json = Json::object();
  if (facts.committed) {
    json = {{"inputs", content.inputs()},
            {"rows", content.rows},
            {"labels", content.labels},
            {"model", content.model}};
  } else {
    json["committed"] = false;
  }
  json["extracted"] = facts.extracted;
  if (facts.committed) {
    json["reused"] = facts.reused;
    json["vanished_kept"] = facts.vanished;
    json["repaired_parts"] = facts.repaired;
  }
  if (facts.passed_over) {
    json["passed_over"] = Json::object();
    for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
      const std::int64_t count = (*facts.passed_over)[kind];
      if (count > 0) json["passed_over"][NameOf(static_cast<FileKind>(kind))] = count;
    }
    json["unread_folders"] = facts.unread;
  }
  if (!facts.isolation.empty()) json["isolation"] = facts.isolation;
  if (facts.s3_retries) json["s3"] = {{"retries", *facts.s3_retries}};
  json["seconds"] = facts.seconds;
  json["photos_per_second"] =
      facts.seconds > 0 ? static_cast<double>(facts.extracted) / facts.seconds : 0.0;
  if (facts.committed && !content.reduction.is_null()) json.update(content.reduction);
  json["rejected"] = content.rejected;
  json["rejects"] = content.rejects;
  if (facts.drift) {
    json["drift"] = {{"photos", facts.drift->photos},
                     {"mean_shift", facts.drift->mean_shift},
                     {"residual", facts.drift->residual},
                     {"expected_residual", facts.drift->expected_residual},
                     {"refit", facts.drift->refit}};
  }
  return json;
}

std::string Commas(std::int64_t number) { return WithCommas(static_cast<std::uint64_t>(number)); }

std::string RejectLines(const Content& content, const Facts& facts, std::size_t most) {
  const std::size_t count = std::min(most, content.rejects.size());
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("  rejected {}: {}\n", content.rejects[i]["path"].get<std::string>(),
                        content.rejects[i]["reason"].get<std::string>());
  }
  const std::int64_t more = content.rejected - static_cast<std::int64_t>(count);
  if (more <= 0) return text;
  const bool all_listed = content.rejected == std::ssize(content.rejects);
  const char* where = !facts.committed ? ""
                      : all_listed     ? ", in the manifest below _verger/"
                                       : ", each a row of Preprocessing with its error";
  return text + fmt::format("  ... and {} more{}\n", more, where);
}

std::string ListingText(const Facts& facts) {
  std::string text;
  const std::string passed_over = facts.passed_over ? CountsText(*facts.passed_over) : "";
  if (!passed_over.empty()) text += fmt::format("passed over: {}\n", passed_over);
  constexpr std::size_t kFoldersShown = 20;
  const std::size_t count = std::min(kFoldersShown, facts.unread.size());
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("cannot list the folder {}: {}; rows of its photos stay\n",
                        facts.unread[i]["path"].get<std::string>(),
                        facts.unread[i]["reason"].get<std::string>());
  }
  const auto more = static_cast<std::int64_t>(facts.unread.size() - count);
  return more == 0
             ? text
             : text + fmt::format("... and {}\n", Pluralize(more, "more folder", "more folders"));
}

// " in int8"; nothing of fp32, which is what a network is.
std::string InPrecision(const Content& content) {
  const std::string precision = content.model["precision"];
  return precision == "fp32" ? "" : " in " + precision;
}

std::string ExtractionText(const Content& content, const Facts& facts) {
  std::string text;
  if (facts.committed) {
    text = fmt::format(
        "{}, {}, {} by {}{}: {} features each", Pluralize(content.inputs(), "photo", "photos"),
        Pluralize(content.labels, "label", "labels"),
        Pluralize(content.rejected, "reject", "rejects"), content.model["name"].get<std::string>(),
        InPrecision(content), Commas(content.model["dimension"].get<std::int64_t>()));
    if (facts.reused > 0)
      text += fmt::format("; {} reused, not extracted again", Commas(facts.reused));
    text += "\n";
    if (facts.vanished > 0) {
      text += Pluralize(facts.vanished, "photo is", "photos are") +
              " no longer listed in PHOTOS; the rows stay (--sync drops them)\n";
    }
    if (facts.outdated > 0) {
      text += Pluralize(facts.outdated, "row", "rows") + " of another network were removed\n";
    }
  } else {
    text = fmt::format("{} extracted{}; the output did not change\n",
                       Pluralize(facts.extracted, "photo", "photos"),
                       facts.extracted > 0 ? ", kept for the next run" : "");
  }
  text += ListingText(facts);
  if (facts.s3_retries.value_or(0) > 0) {
    text += Pluralize(*facts.s3_retries, "request", "requests") + " to S3 repeated\n";
  }
  if (facts.committed && facts.repaired > 0) {
    text += Pluralize(facts.repaired, "damaged part", "damaged parts") + " repaired\n";
  }
  if (!facts.isolation.empty()) {
    text += fmt::format("isolation of decoders: {}\n", fmt::join(facts.isolation, ", "));
  }
  constexpr std::size_t kRejectsShown = 20;
  return text + RejectLines(content, facts, kRejectsShown);
}

std::string DriftText(const Drift& drift) {
  if (drift.photos == 0) return "PCA kept; no new photos\n";
  return fmt::format(
      "PCA kept; the mean of {} new photos is {:.2f} standard deviations away, and the PCA does "
      "not explain {:.1f} % of their variance, before {:.1f} %: {}\n",
      drift.photos, drift.mean_shift, 100 * drift.residual, 100 * drift.expected_residual,
      drift.refit ? "fit it again by the same command without --keep-pca" : "it still fits");
}

std::string ReductionText(const Content& content, const Facts& facts) {
  if (!facts.committed) return "";
  std::string text;
  if (!content.reduction.is_null()) {
    text = fmt::format(
        "{} explain {:.1f} % of the variance\n",
        Pluralize(content.reduction["components"].get<std::int64_t>(), "component", "components"),
        100 * content.reduction["explained_variance"].get<double>());
  }
  return facts.drift ? text + DriftText(*facts.drift) : text;
}

}  // namespace

Result<std::string> Summary(std::string_view manifest, std::string_view facts, SummaryKind kind) {
  VERGER_ASSIGN_OR_RETURN(const Content content, ReadContent(manifest));
  VERGER_ASSIGN_OR_RETURN(const Facts read, ReadFacts(facts));
  switch (kind) {
    case SummaryKind::kExtraction:
      return ExtractionText(content, read);
    case SummaryKind::kReduction:
      return ReductionText(content, read);
    case SummaryKind::kJson:
      break;
  }
  return FormatJson(ToJson(content, read), 1) + "\n";
}

Result<std::string> TooManyRejects(std::string_view manifest, double most) {
  VERGER_ASSIGN_OR_RETURN(const Content content, ReadContent(manifest));
  const auto rejected = static_cast<double>(content.rejected);
  const auto inputs = static_cast<double>(content.inputs());
  if (rejected <= most * inputs) return std::string();
  std::string examples;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, content.rejects.size()); ++i) {
    examples += fmt::format("\n  {}: {}", content.rejects[i]["path"].get<std::string>(),
                            content.rejects[i]["reason"].get<std::string>());
  }
  return fmt::format(
      "{} of {} photos were rejected, {:.1f} %, but --max-reject-rate allows {:.1f} "
      "%:{}\nExtracted features are kept: repair the photos or raise --max-reject-rate, and run "
      "again.",
      content.rejected, content.inputs(), 100 * rejected / inputs, 100 * most, examples);
}

}  // namespace verger
