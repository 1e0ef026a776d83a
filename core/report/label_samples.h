// label_samples.h: a few small photos of each label, all in one picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/report/ends.h"
#include "core/report/even_sample.h"
#include "core/report/thumbnails.h"

namespace verger {

// Takes the rows of an output, then photos of some of them. The same rows and photos make the same
// bytes, in whatever order the photos come.
class LabelSamples {
 public:
  // `most` photos in all: up to 4 of each label, and no less than one of each of the first `most`.
  LabelSamples(std::vector<std::string> labels, std::size_t most, const ThumbnailStyle& style);

  // A photo with features, of one of the labels; of another it is passed over.
  void AddRow(std::string_view path, std::string_view label, std::int64_t size,
              std::int64_t modified);

  // Photos to add, evenly spread over those of their label. Requires: all rows were added.
  const std::vector<ReportPhoto>& Photos();

  // One of them, as encoded; what is no photo any more has no tile. Safe from many threads.
  void AddPhoto(std::string_view path, Bytes content);

  struct Sprite {
    std::string webp;  // "" if there is no photo
    int columns = 1;
    std::vector<std::vector<std::size_t>> tiles;  // of each label, in the order of Photos()
  };
  Result<Sprite> Finish();

  const ThumbnailStyle& style() const { return style_; }
  const std::vector<std::string>& labels() const { return labels_; }

 private:
  std::vector<std::string> labels_;
  std::map<std::string_view, std::uint32_t> numbers_;
  std::vector<EvenSample<ReportPhoto>> of_labels_;
  std::size_t most_;
  ThumbnailStyle style_;
  std::vector<ReportPhoto> photos_;
  std::map<std::string_view, std::size_t> place_;  // in photos_, by path
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::map<std::size_t, Thumbnail> pictures_;  // by place
};

}  // namespace verger
