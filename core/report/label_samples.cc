#include "core/report/label_samples.h"

#include <algorithm>
#include <utility>

namespace verger {
namespace {

constexpr std::size_t kMostOfLabel = 4;
constexpr std::size_t kGathered = 16;  // of a label, to choose from

}  // namespace

LabelSamples::LabelSamples(std::vector<std::string> labels, std::size_t most,
                           const ThumbnailStyle& style)
    : labels_(std::move(labels)),
      of_labels_(labels_.size(), EvenSample<ReportPhoto>(kGathered)),
      most_(most),
      style_(style) {
  for (std::uint32_t at = 0; at < labels_.size(); ++at) numbers_.emplace(labels_[at], at);
}

void LabelSamples::AddRow(std::string_view path, std::string_view label, std::int64_t size,
                          std::int64_t modified) {
  const auto number = numbers_.find(label);
  if (number == numbers_.end()) return;
  EvenSample<ReportPhoto>& sample = of_labels_[number->second];
  if (sample.Wants()) {
    sample.Add({0, std::string(path), number->second, size, modified});
  } else {
    sample.Skip();
  }
}

const std::vector<ReportPhoto>& LabelSamples::Photos() {
  if (!photos_.empty()) return photos_;
  const std::size_t labels = std::max<std::size_t>(1, labels_.size());
  const std::size_t of_label = std::clamp<std::size_t>(most_ / labels, 1, kMostOfLabel);
  for (const EvenSample<ReportPhoto>& sample : of_labels_) {
    const std::vector<ReportPhoto>& items = sample.items();
    const std::size_t count = std::min({of_label, items.size(), most_ - photos_.size()});
    for (std::size_t at = 0; at < count; ++at) {
      photos_.push_back(items[(2 * at + 1) * items.size() / (2 * count)]);
    }
  }
  for (std::size_t at = 0; at < photos_.size(); ++at) place_.emplace(photos_[at].path, at);
  return photos_;
}

void LabelSamples::AddPhoto(std::string_view path, Bytes content) {
  const auto place = place_.find(path);
  if (place == place_.end()) return;
  Result<Thumbnail> thumbnail = MakeThumbnail(content, style_);
  if (!thumbnail) return;
  const std::lock_guard lock(*mutex_);
  pictures_[place->second] = *std::move(thumbnail);
}

Result<LabelSamples::Sprite> LabelSamples::Finish() {
  Sprite sprite;
  sprite.tiles.resize(labels_.size());
  std::vector<const Thumbnail*> thumbnails;
  for (const auto& [place, thumbnail] : pictures_) {
    sprite.tiles[photos_[place].label].push_back(thumbnails.size());
    thumbnails.push_back(&thumbnail);
  }
  if (thumbnails.empty()) return sprite;
  sprite.columns = SpriteColumns(thumbnails.size());
  VERGER_ASSIGN_OR_RETURN(sprite.webp, EncodeSprite(thumbnails, style_));
  return sprite;
}

}  // namespace verger
