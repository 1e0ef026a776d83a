#include "core/classify/app_classifier.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/crc32.h"
#include "core/base/flat_bytes.h"
#include "core/base/limits.h"
#include "core/base/utf8.h"

namespace verger {
namespace {

constexpr std::string_view kMagic = "verger app classifier 1\n";
constexpr std::int64_t kMostPhotos = std::int64_t{1} << 40;  // of a label

Error Bad(const char* reason) {
  return {Code::kBadFeatures,
          std::string("the app's classifier: ") + reason + "; verger app makes it again"};
}

std::vector<float> Narrow(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// Large arrays: float32 in the file.
void PutNarrow(const std::vector<double>& values, FlatWriter* writer) {
  writer->PutAll(std::span<const float>(Narrow(values)));
}

std::vector<double> TakeWide(std::uint64_t count, FlatReader* reader) {
  const std::vector<float> values = reader->TakeAll<float>(count);
  return {values.begin(), values.end()};
}

void PutTexts(const Classifier& classifier, FlatWriter* writer) {
  const FeatureSource& source = classifier.source;
  for (const std::string_view text :
       {std::string_view(source.name), std::string_view(source.sha256),
        std::string_view(source.preset), std::string_view(source.identity),
        std::string_view(source.precision), std::string_view(source.column),
        NameOf(classifier.method), NameOf(classifier.transform)}) {
    writer->PutText(text);
  }
}

bool TakeTexts(FlatReader* reader, Classifier* classifier) {
  FeatureSource& source = classifier->source;
  for (std::string* text : {&source.name, &source.sha256, &source.preset, &source.identity,
                            &source.precision, &source.column}) {
    *text = reader->TakeText();
  }
  const auto method = MethodNamed(reader->TakeText());
  const auto transform = TransformNamed(reader->TakeText());
  if (!method || !transform) return false;
  classifier->method = *method;
  classifier->transform = *transform;
  return true;
}

bool TakeLabels(FlatReader* reader, AppClassifier* app) {
  const auto count = reader->Take<std::uint32_t>();
  double all = 0;
  for (std::uint32_t i = 0; i < count && reader->ok(); ++i) {
    std::string label = reader->TakeText();
    const auto photos = reader->Take<std::int64_t>();
    std::vector<std::string>& labels = app->classifier.labels;
    const bool in_order = labels.empty() || labels.back() < label;
    if (!in_order || !IsUtf8(label) || photos < 1 || photos > kMostPhotos) return false;
    labels.push_back(std::move(label));
    app->photos.push_back(photos);
    all += static_cast<double>(photos);
  }
  for (const std::int64_t photos : app->photos) {
    app->classifier.space.log_priors.push_back(std::log(static_cast<double>(photos) / all));
  }
  return app->classifier.labels.size() >= 2;
}

bool TakeArrays(FlatReader* reader, AppClassifier* app) {
  Classifier& classifier = app->classifier;
  const auto width = reader->Take<std::uint32_t>();
  const auto components = reader->Take<std::uint32_t>();
  const std::uint64_t labels = classifier.labels.size();
  if (width < 1 || width > kMaxDimension || components < 1 || components > labels) return false;
  classifier.dimension = static_cast<int>(width);
  DiscriminantSpace& space = classifier.space;
  space.components = static_cast<int>(components);
  space.axes = TakeWide(std::uint64_t{components} * width, reader);
  space.offset = reader->TakeAll<double>(components);
  space.means = TakeWide(labels * components, reader);
  if (classifier.method == Method::kLogistic) {
    classifier.linear.weights = TakeWide(labels * width, reader);
    classifier.linear.bias = reader->TakeAll<double>(labels);
  }
  AppProjection& projection = app->projection;
  const auto dimension = reader->Take<std::uint32_t>();
  if (dimension > kMaxDimension) return false;
  projection.dimension = static_cast<int>(dimension);
  if (dimension == 0) return true;
  projection.axes = reader->TakeAll<float>(std::uint64_t{width} * dimension);
  projection.offset = reader->TakeAll<double>(width);
  return true;
}

}  // namespace

std::string SaveAppClassifier(const Classifier& classifier, const AppProjection& projection) {
  FlatWriter writer;
  PutTexts(classifier, &writer);
  const Confidence& confidence = classifier.confidence;
  for (const double number :
       {classifier.shrinkage, confidence.temperature, confidence.coverage, confidence.least_share,
        confidence.false_accepts, confidence.most_novelty}) {
    writer.Put(number);
  }
  writer.Put(static_cast<std::uint32_t>(classifier.labels.size()));
  for (const auto& [name, label] : classifier.moments.labels()) {
    writer.PutText(name);
    writer.Put(label.count);
  }
  const DiscriminantSpace& space = classifier.space;
  writer.Put(static_cast<std::uint32_t>(classifier.dimension));
  writer.Put(static_cast<std::uint32_t>(space.components));
  PutNarrow(space.axes, &writer);
  writer.PutAll(std::span<const double>(space.offset));
  PutNarrow(space.means, &writer);
  if (classifier.method == Method::kLogistic) {
    PutNarrow(classifier.linear.weights, &writer);
    writer.PutAll(std::span<const double>(classifier.linear.bias));
  }
  writer.Put(static_cast<std::uint32_t>(projection.dimension));
  writer.PutAll(std::span<const float>(projection.axes));
  writer.PutAll(std::span<const double>(projection.offset));
  return CheckedFile(kMagic, std::move(writer).Finish());
}

Result<AppClassifier> LoadAppClassifier(Bytes file) {
  const CheckedContent checked = ReadChecked(kMagic, file);
  if (!checked.magic) return Bad("it is of another format or version");
  if (!checked.whole) return Bad("it is damaged");
  FlatReader reader(checked.content);
  AppClassifier app;
  app.check = CheckOf(file);
  if (!TakeTexts(&reader, &app.classifier)) return Bad("a setting is unknown");
  Confidence& confidence = app.classifier.confidence;
  for (double* number :
       {&app.classifier.shrinkage, &confidence.temperature, &confidence.coverage,
        &confidence.least_share, &confidence.false_accepts, &confidence.most_novelty}) {
    *number = reader.Take<double>();
  }
  if (!(confidence.temperature > 0)) return Bad("its temperature is not above 0");
  if (!TakeLabels(&reader, &app)) return Bad("its labels are out of order");
  if (!TakeArrays(&reader, &app) || !reader.done()) return Bad("an array has another size");
  return app;
}

std::uint32_t CheckOf(Bytes file) { return Crc32(file); }

std::vector<float> Projected(const AppClassifier& app, std::span<const float> features) {
  const AppProjection& projection = app.projection;
  if (projection.dimension == 0) return {features.begin(), features.end()};
  std::vector<float> scores;
  const float* axis = projection.axes.data();
  for (const double offset : projection.offset) {
    double sum = 0;
    for (const float value : features) sum += static_cast<double>(value) * *axis++;
    scores.push_back(static_cast<float>(sum - offset));
  }
  return scores;
}

}  // namespace verger
