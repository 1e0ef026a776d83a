#include "core/report/report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/report/data.h"
#include "core/report/duplicates.h"
#include "core/report/page.h"
#include "core/report/thumbnail_choice.h"
#include "core/runs/summary.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostPathBytes = std::size_t{12} << 20;
constexpr std::size_t kEndComponents = 6;
constexpr std::size_t kEndPhotos = 8;
constexpr std::size_t kMostReasons = 1000;
constexpr std::int64_t kMostForDuplicates = 200'000;
constexpr std::int64_t kMostForNearPairs = 20'000;  // each is compared with each

// The shares of variance alone: a document may hold millions of other numbers.
Result<std::vector<double>> ReadVariance(std::string_view pca) try {
  const auto keep = [](int depth, Json::parse_event_t event, Json& parsed) {
    return depth != 1 || event != Json::parse_event_t::key || parsed == "explained_variance_ratio";
  };
  return Json::parse(pca, keep).at("explained_variance_ratio").get<std::vector<double>>();
} catch (const Json::exception& error) {
  return Error{Code::kBadOutput, fmt::format("not a PCA document of verger: {}", error.what())};
}

std::int64_t ComponentsOf(const Manifest& manifest) {
  return manifest.reduction ? manifest.reduction->components : 0;
}

Error OtherPhotos(std::string_view name) {
  return Error{Code::kBadOutput,
               fmt::format("{}: not of the photos that its part of Results has: 'verger verify' "
                           "says more",
                           name)};
}

}  // namespace

ReportContent::ReportContent(Manifest read)
    : manifest(std::move(read)),
      points(manifest.rows(), ComponentsOf(manifest)),
      paths(kMostPathBytes),
      ends(std::min(points.components(), kEndComponents), kEndPhotos) {}

Result<Report> Report::Make(const ReportInputs& inputs) {
  VERGER_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(inputs.manifest, "manifest"));
  Report report(std::move(manifest));
  ReportContent& content = report.content_;
  const std::string document = WriteManifest(content.manifest);
  content.manifest_sha256 = Sha256(std::as_bytes(std::span(document)));
  content.version = inputs.version;
  content.of_a_run = !inputs.facts.empty();
  VERGER_ASSIGN_OR_RETURN(content.summary, Summary(document, content.of_a_run ? inputs.facts : "{}",
                                                   SummaryKind::kJson));
  if (content.manifest.reduction) {
    VERGER_ASSIGN_OR_RETURN(content.variance, ReadVariance(inputs.pca));
  }
  return report;
}

std::int32_t Report::components() const {
  return static_cast<std::int32_t>(ComponentsOf(content_.manifest));
}

Status Report::AddPart(std::string_view name, const std::vector<Row>& rows,
                       const std::optional<Scores>& scores) {
  if (parts_ == content_.manifest.preprocessing.size()) {
    return Error{Code::kBadCall, fmt::format("{}: the manifest has no more parts", name)};
  }
  ++parts_;
  std::size_t projected = 0;
  for (const Row& row : rows) {
    const std::uint32_t label = content_.labels.Number(row.label);
    if (!row.error.empty()) {
      ++content_.labels[label].rejects;
      const bool known = content_.reasons.size() < kMostReasons ||
                         content_.reasons.find(row.error) != content_.reasons.end();
      ++content_.reasons[known ? std::string(row.error) : "other reasons"];
      continue;
    }
    std::span<const float> values;
    if (scores) {
      if (projected >= scores->paths.size() || scores->paths[projected] != row.path) {
        return OtherPhotos(name);
      }
      values = scores->values[projected++];
    }
    AddRow(row, label, values);
  }
  if (scores && projected != scores->paths.size()) return OtherPhotos(name);
  return Ok();
}

void Report::AddRow(const Row& row, std::uint32_t label, std::span<const float> scores) {
  LabelCount& count = content_.labels[label];
  const auto make = [&] {
    return ReportPhoto{rows_, std::string(row.path), label, row.size, row.modified};
  };
  ++count.rows;
  count.sample.Wants() ? count.sample.Add(make()) : count.sample.Skip();
  content_.spread.Wants() ? content_.spread.Add(make()) : content_.spread.Skip();
  if (!scores.empty()) {
    if (rows_ % content_.points.stride() == 0) content_.paths.Add(row.path);
    content_.points.Add(scores, label);
    content_.ends.Add(scores, make);
  }
  ++rows_;
}

bool Report::wants_duplicates() const { return content_.manifest.inputs() <= kMostForDuplicates; }

bool Report::wants_near_pairs() const {
  return content_.manifest.reduction && content_.manifest.inputs() <= kMostForNearPairs;
}

Status Report::AddSection(std::string_view name, std::string_view json) {
  constexpr int kMostDeep = 32;  // writing it calls itself as deep
  bool too_deep = false;
  const auto look = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > kMostDeep;
    return depth <= kMostDeep;
  };
  const Json read = Json::parse(json, look, /*allow_exceptions=*/false);
  if (!read.is_object() || too_deep) {
    return Error{Code::kBadCall, fmt::format("section {} of a report: not a JSON object", name)};
  }
  const Json section = name == kDuplicates ? ChooseDuplicates(read) : read;
  content_.sections[std::string(name)] = FormatJson(section);
  return Ok();
}

const std::vector<ReportPhoto>& Report::ThumbnailPhotos() {
  if (!thumbnail_photos_) {
    thumbnail_photos_ = ChooseThumbnails(content_);
    for (std::size_t at = 0; at < thumbnail_photos_->size(); ++at)
      thumbnail_at_.emplace((*thumbnail_photos_)[at].path, at);
  }
  return *thumbnail_photos_;
}

void Report::AddPhoto(std::string_view path, Bytes content) {
  if (!thumbnail_at_.contains(path)) return;
  Result<Thumbnail> thumbnail = MakeThumbnail(content);
  if (thumbnail) AddThumbnail(path, *std::move(thumbnail));
}

void Report::AddThumbnail(std::string_view path, Thumbnail thumbnail) {
  const auto at = thumbnail_at_.find(path);
  if (at == thumbnail_at_.end()) return;
  const std::lock_guard lock(thumbnails_->mutex);
  thumbnails_->pictures[at->second] = std::move(thumbnail);
}

Result<std::string> Report::Finish() {
  if (parts_ != content_.manifest.preprocessing.size()) {
    return Error{Code::kBadCall, fmt::format("a report of {} parts of {}", parts_,
                                             content_.manifest.preprocessing.size())};
  }
  std::vector<const ReportPhoto*> photos;
  std::vector<const Thumbnail*> thumbnails;
  for (const auto& [at, thumbnail] : thumbnails_->pictures) {
    photos.push_back(&(*thumbnail_photos_)[at]);
    thumbnails.push_back(&thumbnail);
  }
  std::string sprite;
  if (!thumbnails.empty()) {
    VERGER_ASSIGN_OR_RETURN(sprite, EncodeSprite(thumbnails));
  }
  return MakePage(LayOut(content_, photos, sprite));
}

}  // namespace verger
