#include "core/tune/accuracy.h"

#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace verger {
namespace {

// The file's name with '#' for each run of digits.
std::string SeriesOf(std::string_view path) {
  std::string series;
  for (const char c : path.substr(path.rfind('/') + 1)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit || !series.ends_with('#')) series += digit ? '#' : c;
  }
  return series;
}

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
  PhotoGroups all;
  std::map<std::string_view, int> label_numbers;
  std::map<std::pair<int, std::string>, int> series_numbers;
  std::vector<int> series(paths.size());
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    const int label =
        label_numbers.try_emplace(labels[photo], static_cast<int>(label_numbers.size()))
            .first->second;
    all.labels.push_back(label);
    series[photo] =
        series_numbers
            .try_emplace({label, SeriesOf(paths[photo])}, static_cast<int>(series_numbers.size()))
            .first->second;
  }
  all.label_count = static_cast<int>(label_numbers.size());
  std::vector<int> series_of(label_numbers.size());
  for (const auto& [key, number] : series_numbers) ++series_of[static_cast<std::size_t>(key.first)];
  std::vector<int> photos_of(label_numbers.size());
  for (const int label : all.labels) ++photos_of[static_cast<std::size_t>(label)];

  std::map<int, int> group_of_series;
  for (std::size_t photo = 0; photo < paths.size(); ++photo) {
    const auto label = static_cast<std::size_t>(all.labels[photo]);
    const bool alone = series_of[label] == 1;
    const int next = all.group_count;
    const int group = alone ? next : group_of_series.try_emplace(series[photo], next).first->second;
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
