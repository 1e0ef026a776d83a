// The file by which the app's classifier is taught.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/flat_bytes.h"
#include "core/classify/app_classifier.h"
#include "core/classify/teach.h"
#include "core/pca/multiply.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

constexpr std::string_view kMagic = "verger app covariance 1\n";
constexpr int kSteps = 1 << 14;  // of a correlation from 0 to 1
// Bytes of a correlation, in planes: all low ones, then all high ones. Most correlations are small,
// so that Brotli halves the second plane.
constexpr std::size_t kPlanes = 2;

Error Bad(const char* reason) {
  return {Code::kBadFeatures,
          std::string("the app's covariance: ") + reason + "; verger app makes it again"};
}

// Small numbers of either sign as small ones without.
std::uint32_t ZigZag(std::int32_t value) {
  return static_cast<std::uint32_t>(value) << 1 ^ static_cast<std::uint32_t>(value >> 31);
}
std::int32_t UnZigZag(std::uint32_t value) {
  return static_cast<std::int32_t>(value >> 1) ^ -static_cast<std::int32_t>(value & 1);
}

// Off the diagonal, row by row.
std::size_t PairsOf(std::size_t width) { return width * (width - 1) / 2; }

std::vector<float> Deviations(const ClassMoments& moments) {
  const auto width = static_cast<std::size_t>(moments.dimension());
  std::vector<float> deviations;
  for (std::size_t i = 0; i < width; ++i) {
    const double square = moments.scatter()[TriangleRow(width, i) + i];
    deviations.push_back(
        static_cast<float>(std::sqrt(square / static_cast<double>(moments.count()))));
  }
  return deviations;
}

// The mean of the labels' means.
std::vector<float> Centre(const ClassMoments& moments) {
  std::vector<double> centre(static_cast<std::size_t>(moments.dimension()));
  const auto labels = static_cast<double>(moments.labels().size());
  for (const auto& [name, label] : moments.labels()) {
    for (std::size_t j = 0; j < centre.size(); ++j) centre[j] += label.mean[j] / labels;
  }
  return {centre.begin(), centre.end()};
}

std::string Correlations(const ClassMoments& moments, const std::vector<float>& deviations) {
  const std::size_t width = deviations.size();
  const std::size_t pairs = PairsOf(width);
  std::string planes(kPlanes * pairs, '\0');
  std::size_t at = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const double* row = moments.scatter().data() + TriangleRow(width, i);
    for (std::size_t j = i + 1; j < width; ++j, ++at) {
      const double scale = static_cast<double>(deviations[i]) * deviations[j];
      const double correlation =
          scale > 0 ? row[j] / static_cast<double>(moments.count()) / scale : 0;
      const auto steps = static_cast<std::int32_t>(std::lround(correlation * kSteps));
      const std::uint32_t value = ZigZag(std::clamp(steps, -kSteps, kSteps - 1));  // 16 bits
      for (std::size_t plane = 0; plane < kPlanes; ++plane) {
        planes[plane * pairs + at] = static_cast<char>(value >> (8 * plane) & 0xFF);
      }
    }
  }
  return planes;
}

// The upper triangle of the covariance.
std::vector<double> Covariance(const std::vector<float>& deviations, Bytes planes) {
  const std::size_t width = deviations.size();
  const std::size_t pairs = PairsOf(width);
  std::vector<double> triangle(TriangleSize(width));
  std::size_t at = 0;
  for (std::size_t i = 0; i < width; ++i) {
    double* row = triangle.data() + TriangleRow(width, i);
    row[i] = static_cast<double>(deviations[i]) * deviations[i];
    for (std::size_t j = i + 1; j < width; ++j, ++at) {
      std::uint32_t value = 0;
      for (std::size_t plane = 0; plane < kPlanes; ++plane) {
        value |= static_cast<std::uint32_t>(planes[plane * pairs + at]) << (8 * plane);
      }
      row[j] = static_cast<double>(UnZigZag(value)) / kSteps * deviations[i] * deviations[j];
    }
  }
  return triangle;
}

// As discriminants.cc shrinks it.
std::vector<double> Shrunk(std::vector<double> triangle, std::size_t width, double shrinkage) {
  double trace = 0;
  for (std::size_t i = 0; i < width; ++i) trace += triangle[TriangleRow(width, i) + i];
  for (double& value : triangle) value *= 1 - shrinkage;
  const double diagonal = shrinkage * trace / static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i) triangle[TriangleRow(width, i) + i] += diagonal;
  return triangle;
}

// Means of labels less their centre: the covariance times the weights of the linear scores, which
// are places * axes. Shape: (dimension, labels), row-major.
std::vector<double> Means(const Classifier& classifier, const std::vector<double>& shrunk) {
  const DiscriminantSpace& space = classifier.space;
  const int width = classifier.dimension;
  const int labels = static_cast<int>(classifier.labels.size());
  std::vector<double> weights(classifier.labels.size() * static_cast<std::size_t>(width));
  MultiplyAdd(1.0, labels, {space.means.data(), space.components, 1},
              Panels(space.components, width, {space.axes.data(), width, 1}), weights.data(),
              width);
  std::vector<double> means(weights.size());
  MultiplySymmetric(shrunk.data(), Panels(width, labels, {weights.data(), 1, width}), means.data());
  return means;
}

}  // namespace

Result<std::string> SaveAppCovariance(const Classifier& classifier, std::uint32_t check) {
  VERGER_RETURN_IF_ERROR(CheckTeachable(classifier));
  const std::vector<float> deviations = Deviations(classifier.moments);
  FlatWriter writer;
  writer.Put(check);
  writer.PutAll(std::span<const float>(deviations));
  writer.PutAll(std::span<const float>(Centre(classifier.moments)));
  return CheckedFile(kMagic,
                     std::move(writer).Finish() + Correlations(classifier.moments, deviations));
}

Status AddCovariance(Bytes file, AppClassifier* app) {
  Classifier& classifier = app->classifier;
  VERGER_RETURN_IF_ERROR(CheckTeachable(classifier));
  const CheckedContent checked = ReadChecked(kMagic, file);
  if (!checked.magic) return Bad("it is of another format or version");
  if (!checked.whole) return Bad("it is damaged");
  const auto width = static_cast<std::size_t>(classifier.dimension);
  FlatReader reader(checked.content);
  if (reader.Take<std::uint32_t>() != app->check) return Bad("it is of another classifier");
  const std::vector<float> deviations = reader.TakeAll<float>(width);
  const std::vector<float> centre = reader.TakeAll<float>(width);
  const Bytes planes = reader.TakeBytes(kPlanes * PairsOf(width));
  if (!reader.done()) return Bad("it has another size");

  std::vector<double> covariance = Covariance(deviations, planes);
  const std::vector<double> means =
      Means(classifier, Shrunk(covariance, width, classifier.shrinkage));
  const std::size_t count = classifier.labels.size();
  ClassMoments::Labels labels;
  double photos = 0;
  for (std::size_t c = 0; c < count; ++c) {
    ClassMoments::Label& label = labels[classifier.labels[c]];
    label.count = app->photos[c];
    photos += static_cast<double>(label.count);
    for (std::size_t j = 0; j < width; ++j) label.mean.push_back(centre[j] + means[j * count + c]);
  }
  for (double& value : covariance) value *= photos;
  classifier.moments =
      ClassMoments::Of(classifier.dimension, std::move(labels), std::move(covariance));
  return Ok();
}

}  // namespace verger
