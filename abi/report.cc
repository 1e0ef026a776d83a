// The page that shows an output, through the door.
#include "core/report/report.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/decoder.h"
#include "abi/guard.h"
#include "abi/thumbnail_photos.h"
#include "abi/verger.h"
#include "core/runs/names.h"

struct verger_report {
  verger::Report report;
  verger_decoder decoder{};
};

namespace verger::abi {
namespace {

// As the help of `verger duplicates` explains it.
constexpr double kNear = 0.35;
constexpr std::int64_t kNearListed = 25'000;  // of which the page chooses

Result<std::vector<Report::Row>> ReadRows(const ArrowArray* rows, const ArrowSchema* schema) {
  const auto texts = [&](const char* name) { return TextColumn::Find(rows, schema, name); };
  VERGER_ASSIGN_OR_RETURN(const TextColumn paths, texts("path"));
  VERGER_ASSIGN_OR_RETURN(const TextColumn labels, texts("label"));
  VERGER_ASSIGN_OR_RETURN(const TextColumn errors, texts("error"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn sizes, NumberColumn::Find(rows, schema, "size"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn times, NumberColumn::Find(rows, schema, "modified"));
  std::vector<Report::Row> read;
  for (std::int64_t row = 0; row < paths.length(); ++row) {
    read.push_back({paths[row], labels[row], errors[row], sizes[row], times[row]});
  }
  return read;
}

Result<Report::Scores> ReadScores(const ArrowArray* rows, const ArrowSchema* schema,
                                  std::int32_t components, std::string_view name) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn paths, TextColumn::Find(rows, schema, "path"));
  Report::Scores scores;
  for (std::int64_t row = 0; row < paths.length(); ++row) scores.paths.push_back(paths[row]);
  auto values = ReadFeatures(rows, schema, components, /*finite=*/true);
  if (!values) {
    return Error{Code::kBadOutput, std::string(name) + ": " + values.error().message};
  }
  VERGER_RETURN_IF_ERROR(Require(values->values.size() == scores.paths.size(),
                                 "verger_report_add_part: rows of Results without pca_features"));
  scores.values = std::move(values->values);
  return scores;
}

}  // namespace
}  // namespace verger::abi

extern "C" {

const char* verger_report_name(void) { return verger::kReportPage.data(); }

verger_status verger_report_create(verger_text manifest, verger_text pca,
                                   const verger_report_options* options, verger_report** report,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(report != nullptr, "verger_report_create: report must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_report_options set, abi::ReadOptions(options));
    VERGER_ASSIGN_OR_RETURN(Report created,
                            Report::Make({abi::AsText(manifest), set.version, abi::AsText(pca),
                                          abi::AsText(set.facts)}));
    *report = new verger_report{std::move(created), set.decoder};
    return Ok();
  });
}

verger_status verger_report_add_part(verger_report* report, verger_text name,
                                     const struct ArrowArray* rows,
                                     const struct ArrowSchema* rows_schema,
                                     const struct ArrowArray* scores,
                                     const struct ArrowSchema* scores_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(report != nullptr, "verger_report_add_part: report must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const auto read, abi::ReadRows(rows, rows_schema));
    std::optional<Report::Scores> projected;
    if (scores != nullptr) {
      VERGER_ASSIGN_OR_RETURN(
          projected,
          abi::ReadScores(scores, scores_schema, report->report.components(), abi::AsText(name)));
    }
    return report->report.AddPart(abi::AsText(name), read, projected);
  });
}

int32_t verger_report_needs_duplicates(const verger_report* report,
                                       verger_duplicates_options* options) {
  if (!report->report.wants_duplicates()) return 0;
  verger_duplicates_options settings{};
  settings.struct_size = options->struct_size;
  settings.near_pairs = report->report.wants_near_pairs() ? 1 : 0;
  settings.within = verger::abi::kNear;
  settings.most = verger::abi::kNearListed;
  std::memcpy(options, &settings, std::min(options->struct_size, sizeof(settings)));
  return 1;
}

verger_status verger_report_add_section(verger_report* report, const char* name, verger_text json,
                                        verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(report != nullptr && name != nullptr,
                     "verger_report_add_section: report and name must not be NULL"));
    return report->report.AddSection(name, abi::AsText(json));
  });
}

verger_status verger_report_thumbnail_photos(verger_report* report, struct ArrowArray* photos,
                                             struct ArrowSchema* photos_schema,
                                             verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(report != nullptr && photos != nullptr,
                     "verger_report_thumbnail_photos: report and photos must not be NULL"));
    abi::HandOutPhotos(report->report.ThumbnailPhotos(), photos, photos_schema);
    return Ok();
  });
}

verger_status verger_report_add_photos(verger_report* report, const struct ArrowArray* photos,
                                       const struct ArrowSchema* photos_schema,
                                       verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(report != nullptr, "verger_report_add_photos: report must not be NULL"));
    Status decoded = Ok();
    VERGER_RETURN_IF_ERROR(
        abi::ReadThumbnailPhotos(photos, photos_schema, [&](std::string_view path, Bytes photo) {
          if (report->decoder.decode == nullptr) return report->report.AddPhoto(path, photo);
          Thumbnail thumbnail;
          const auto why_not = abi::DecodeThumbnail(report->decoder, photo, &thumbnail);
          if (!why_not) {
            decoded = why_not.error();
          } else if (why_not->empty()) {
            report->report.AddThumbnail(path, std::move(thumbnail));
          }
        }));
    return decoded;
  });
}

verger_status verger_report_finish(verger_report* report, verger_bytes* html, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(report != nullptr && html != nullptr,
                                        "verger_report_finish: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::string page, report->report.Finish());
    *html = abi::HandOut(page);
    return Ok();
  });
}

void verger_report_free(verger_report* report) { delete report; }

}  // extern "C"
