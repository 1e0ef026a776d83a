#include "core/tune/accuracy.h"

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "core/runs/series.h"

namespace verger {
namespace {

// Rows scaled to length 1; a row of zeros stays.
std::vector<double> Normalised(std::span<const float> features, std::size_t width) {
  std::vector<double> rows(features.begin(), features.end());
  for (std::size_t begin = 0; begin + width <= rows.size(); begin += width) {
    double squares = 0;
    for (std::size_t i = 0; i < width; ++i) squares += rows[begin + i] * rows[begin + i];
    if (squares == 0) continue;
    const double scale = 1 / std::sqrt(squares);
    for (std::size_t i = 0; i < width; ++i) rows[begin + i] *= scale;
  }
  return rows;
}

struct Sum {
  std::vector<double> values;
  int count = 0;

  void Add(const double* row, std::size_t width) {
    values.resize(width);
    for (std::size_t i = 0; i < width; ++i) values[i] += row[i];
    ++count;
  }
};

// Squared distance to the centroid of what is in `sum` and not in `without`.
double Distance(const double* row, const Sum& sum, const Sum* without) {
  const int count = sum.count - (without != nullptr ? without->count : 0);
  if (count == 0) return std::numeric_limits<double>::infinity();
  const double scale = 1.0 / count;
  double squares = 0;
  for (std::size_t i = 0; i < sum.values.size(); ++i) {
    const double total = without != nullptr ? sum.values[i] - without->values[i] : sum.values[i];
    const double difference = row[i] - total * scale;
    squares += difference * difference;
  }
  return squares;
}

}  // namespace

PhotoGroups GroupPhotos(std::span<const std::string> paths, std::span<const std::string> labels) {
  PhotoSeries photo_series = FindSeries(paths, labels);
  PhotoGroups all;
  all.labels = std::move(photo_series.labels);
  all.label_count = photo_series.label_count;
  std::vector<int> label_of(static_cast<std::size_t>(photo_series.series_count));
  std::vector<int> photos_of(static_cast<std::size_t>(photo_series.label_count));
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    label_of[static_cast<std::size_t>(photo_series.series[photo])] = all.labels[photo];
    ++photos_of[static_cast<std::size_t>(all.labels[photo])];
  }
  std::vector<int> series_of(static_cast<std::size_t>(photo_series.label_count));
  for (const int label : label_of) ++series_of[static_cast<std::size_t>(label)];

  std::map<int, int> group_of_series;
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    const auto label = static_cast<std::size_t>(all.labels[photo]);
    const bool alone = series_of[label] == 1;
    const int next = all.group_count;
    const int group =
        alone ? next : group_of_series.try_emplace(photo_series.series[photo], next).first->second;
    all.groups.push_back(group);
    if (group == next) ++all.group_count;
    all.classed.push_back(!alone || photos_of[label] > 1);
  }
  return all;
}

std::vector<bool> NearestCentroidHits(std::span<const float> features, int dimension,
                                      const PhotoGroups& groups) {
  const auto width = static_cast<std::size_t>(dimension);
  const std::vector<double> rows = Normalised(features, width);
  std::vector<Sum> of_label(static_cast<std::size_t>(groups.label_count));
  std::vector<Sum> of_group(static_cast<std::size_t>(groups.group_count));
  const std::size_t photos = groups.labels.size();
  for (std::size_t photo = 0; photo < photos; ++photo) {
    const double* row = rows.data() + photo * width;
    of_label[static_cast<std::size_t>(groups.labels[photo])].Add(row, width);
    of_group[static_cast<std::size_t>(groups.groups[photo])].Add(row, width);
  }
  std::vector<bool> hits(photos);
  for (std::size_t photo = 0; photo < photos; ++photo) {
    if (!groups.classed[photo]) continue;
    const auto own = static_cast<std::size_t>(groups.labels[photo]);
    std::size_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t label = 0; label < of_label.size(); ++label) {
      const Sum* without =
          label == own ? &of_group[static_cast<std::size_t>(groups.groups[photo])] : nullptr;
      const double distance = Distance(rows.data() + photo * width, of_label[label], without);
      if (distance >= least) continue;
      least = distance;
      nearest = label;
    }
    hits[photo] = nearest == own;
  }
  return hits;
}

}  // namespace verger
