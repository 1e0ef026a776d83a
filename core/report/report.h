// report.h: one page that shows an output to people who would rather look than read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/report/content.h"
#include "core/report/thumbnails.h"

namespace verger {

// What a report is made of beside the tables of the output.
struct ReportInputs {
  std::string_view manifest;  // the JSON document
  std::int64_t version = 0;   // of the output, which the document does not say
  std::string_view pca;       // the document Model/pca.json; "": the output has no PCA yet
  std::string_view facts;     // of the run, as Summary takes them; "": no run just ended
};

// Takes an output part by part, then photos, and lays out report.html: one file that asks for no
// other. The same output, facts and photos make the same bytes, in whatever order photos come.
//
// Limits: a map of 1,048,576 points (above, every second, third, ... photo), 4,096 labels by name,
//         paths of some 12 MB, thumbnails of 11,000 photos.
// Memory: some 60 bytes a photo, up to those limits, and 5 kB a thumbnail.
class Report {
 public:
  // Errors: kBadOutput for documents that are none; kBadCall for facts, as Summary.
  static Result<Report> Make(const ReportInputs& inputs);

  struct Row {
    std::string_view path;
    std::string_view label;
    std::string_view error;  // why it was rejected; "": it was not
    std::int64_t size = 0;
    std::int64_t modified = 0;
  };

  // The rows of a part of Results: the path of each, and its pca_features.
  struct Scores {
    std::vector<std::string_view> paths;
    std::vector<std::span<const float>> values;
  };

  // A part of Preprocessing, in the order of the manifest, and the part of Results that is made of
  // it; none if it has no features, or the output no Results. `name` is for messages.
  // Errors: kBadOutput if they are not of the same photos; kBadCall for more parts than there are.
  Status AddPart(std::string_view name, const std::vector<Row>& rows,
                 const std::optional<Scores>& scores);

  // Whether to look for duplicates, and for near pairs: not where that took longer than all else.
  bool wants_duplicates() const;
  bool wants_near_pairs() const;

  // Something else to show, a JSON document: "duplicates" as `verger duplicates --json` has it, of
  // which the page takes a few (duplicates.h), or "evaluation" as `verger evaluate --json` has it.
  // The page shows no other. Errors: kBadCall if it is not a JSON object.
  Status AddSection(std::string_view name, std::string_view json);

  // Photos of which the page would show a thumbnail (thumbnail_choice.h). Requires: all parts were
  // added.
  const std::vector<ReportPhoto>& ThumbnailPhotos();

  // One of them, as encoded. What is no photo any more has no thumbnail, and neither has one that
  // was not among them. Safe from many threads, once ThumbnailPhotos was called.
  void AddPhoto(std::string_view path, Bytes content);
  // The same for a thumbnail that MakeThumbnail() made elsewhere.
  void AddThumbnail(std::string_view path, Thumbnail thumbnail);

  // The page. Errors: kBadCall if parts are missing.
  Result<std::string> Finish();

  std::int32_t components() const;

 private:
  explicit Report(Manifest manifest) : content_(std::move(manifest)) {}

  void AddRow(const Row& row, std::uint32_t label, std::span<const float> scores);

  ReportContent content_;
  std::size_t parts_ = 0;   // that were added
  std::uint64_t rows_ = 0;  // with features, of those
  std::optional<std::vector<ReportPhoto>> thumbnail_photos_;
  std::map<std::string_view, std::size_t> thumbnail_at_;  // by path

  // Behind a pointer, so that a report can be moved.
  struct Thumbnails {
    std::mutex mutex;
    std::map<std::size_t, Thumbnail> pictures;  // by place in thumbnail_photos_
  };
  std::unique_ptr<Thumbnails> thumbnails_ = std::make_unique<Thumbnails>();
};

}  // namespace verger
