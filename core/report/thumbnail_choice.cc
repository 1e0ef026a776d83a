#include "core/report/thumbnail_choice.h"

#include <cstddef>
#include <map>
#include <utility>

namespace verger {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{256} << 20;

class ThumbnailChoice {
 public:
  void Add(const ReportPhoto& photo) {
    if (photos_.size() >= kMostThumbnails || photo.size > kMostBytes - bytes_) return;
    if (photos_.emplace(photo.row, &photo).second) bytes_ += photo.size;
  }

  std::vector<ReportPhoto> ByRow() const {
    std::vector<ReportPhoto> photos;
    for (const auto& [row, photo] : photos_) photos.push_back(*photo);
    return photos;
  }

 private:
  std::map<std::uint64_t, const ReportPhoto*> photos_;
  std::int64_t bytes_ = 0;
};

// 0 ... count - 1 so that wherever one stops, those before are spread evenly: the middle, the
// quarters, the eighths, ...
std::vector<std::size_t> SpreadOrder(std::size_t count) {
  std::size_t size = 1;
  int bits = 0;
  for (; size < count; size *= 2) ++bits;
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < size; ++at) {
    std::size_t reversed = 0;
    for (int bit = 0; bit < bits; ++bit) reversed |= (at >> bit & 1) << (bits - 1 - bit);
    if (reversed < count) order.push_back(reversed);
  }
  return order;
}

}  // namespace

std::vector<ReportPhoto> ChooseThumbnails(const ReportContent& content) {
  if (content.manifest.hashed) return {};
  ThumbnailChoice choice;
  const auto of_labels = [&](std::size_t first, std::size_t end) {
    for (std::uint32_t label = 0; label < content.labels.size(); ++label) {
      const std::vector<ReportPhoto>& photos = content.labels[label].sample.items();
      for (std::size_t at = first; at < std::min(end, photos.size()); ++at) choice.Add(photos[at]);
    }
  };
  of_labels(0, 1);
  for (std::size_t component = 0; component < content.ends.components(); ++component) {
    for (const EndPhoto& end : content.ends.Least(component)) choice.Add(end.photo);
    for (const EndPhoto& end : content.ends.Greatest(component)) choice.Add(end.photo);
  }
  of_labels(1, SIZE_MAX);
  const std::vector<ReportPhoto>& spread = content.spread.items();
  for (const std::size_t at : SpreadOrder(spread.size())) choice.Add(spread[at]);
  return choice.ByRow();
}

std::vector<std::vector<std::uint32_t>> ThumbnailsOfLabels(const std::vector<std::uint32_t>& labels,
                                                           std::size_t count, std::size_t most) {
  std::vector<std::vector<std::uint32_t>> all(count);
  for (std::uint32_t at = 0; at < labels.size(); ++at) all[labels[at]].push_back(at);
  for (std::vector<std::uint32_t>& of_label : all) {
    if (of_label.size() <= most) continue;
    for (std::size_t at = 0; at < most; ++at) of_label[at] = of_label[at * of_label.size() / most];
    of_label.resize(most);
  }
  return all;
}

}  // namespace verger
