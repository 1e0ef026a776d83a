// classifier.cc: features to answers, and labels that are taught, for JavaScript (classifier.js).
//
// What a function makes lies at classifier_result, classifier_result_size bytes, until the next
// call.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/engine/memory.h"
#include "core/base/flat_bytes.h"
#include "core/classify/app_classifier.h"
#include "core/classify/ranking.h"
#include "core/classify/taught_file.h"
#include "core/classify/teach.h"

namespace verger::app {
namespace {

struct State {
  std::optional<AppClassifier> app;
  bool can_be_taught = false;  // its covariance is there
  std::string result;
};

State& TheState() {
  static State state;
  return state;
}

Error NotLoaded() { return {Code::kBadCall, "no classifier is loaded: call Engine.load first"}; }

Status RequireTeachable() {
  if (!TheState().app) return NotLoaded();
  VERGER_RETURN_IF_ERROR(CheckTeachable(TheState().app->classifier));
  if (TheState().can_be_taught) return Ok();
  return Error{Code::kBadCall, "the app's covariance is not loaded: call engine.loadTeach first"};
}

Error BadInput() {
  return {Code::kBadCall, "features of another length, or that are not finite numbers"};
}

// Of the taught rows, those of a label.
std::int64_t TaughtPhotos(const Classifier& classifier, const std::string& label) {
  return std::ranges::count(classifier.taught_labels, label);
}

Status Open(Bytes file) {
  VERGER_ASSIGN_OR_RETURN(TheState().app, LoadAppClassifier(file));
  TheState().can_be_taught = false;
  return Ok();
}

Status OpenCovariance(Bytes file) {
  if (!TheState().app) return NotLoaded();
  if (TheState().can_be_taught) return Ok();
  VERGER_RETURN_IF_ERROR(AddCovariance(file, &*TheState().app));
  TheState().can_be_taught = true;
  return Ok();
}

Status Source() {
  if (!TheState().app) return NotLoaded();
  const FeatureSource& source = TheState().app->classifier.source;
  TheState().result = source.sha256 + " " + source.identity;
  return Ok();
}

// Doubles: novelty, whether unknown, how many labels the set has, how many follow; then of each
// its number and its probability, likeliest first.
Status AnswerOne(Bytes input, std::size_t top) {
  if (!TheState().app) return NotLoaded();
  const AppClassifier& app = *TheState().app;
  FlatReader reader(input);
  const auto features = reader.TakeAll<float>(static_cast<std::uint64_t>(app.dimension()));
  if (!reader.done()) return BadInput();
  const Classifier& classifier = app.classifier;
  const Answers answers = Answerer(classifier).Answer(Projected(app, features));
  const Ranking ranking = Rank(classifier.confidence, answers.probabilities, answers.novelties[0]);
  const std::size_t listed = std::min(classifier.labels.size(), std::max(top, ranking.set));
  FlatWriter writer;
  writer.Put(static_cast<double>(answers.novelties[0]));
  writer.Put(ranking.unknown ? 1.0 : 0.0);
  writer.Put(static_cast<double>(ranking.set));
  writer.Put(static_cast<double>(listed));
  for (std::size_t i = 0; i < listed; ++i) {
    writer.Put(static_cast<double>(ranking.labels[i]));
    writer.Put(static_cast<double>(answers.probabilities[ranking.labels[i]]));
  }
  TheState().result = std::move(writer).Finish();
  return Ok();
}

// How many there are; then of each its text, its photos and how many of these taught it.
Status ListLabels() {
  if (!TheState().app) return NotLoaded();
  const AppClassifier& app = *TheState().app;
  const Classifier& classifier = app.classifier;
  FlatWriter writer;
  writer.Put(static_cast<std::uint32_t>(classifier.labels.size()));
  for (std::size_t i = 0; i < classifier.labels.size(); ++i) {
    const std::string& label = classifier.labels[i];
    const auto known = classifier.moments.labels().find(label);
    const std::int64_t photos =
        known != classifier.moments.labels().end() ? known->second.count : app.photos[i];
    writer.PutText(label);
    writer.Put(static_cast<double>(photos));
    writer.Put(static_cast<double>(TaughtPhotos(classifier, label)));
  }
  TheState().result = std::move(writer).Finish();
  return Ok();
}

Status TeachOne(Bytes input) {
  VERGER_RETURN_IF_ERROR(RequireTeachable());
  Classifier& classifier = TheState().app->classifier;
  FlatReader reader(input);
  const std::string label = reader.TakeText();
  const auto width = static_cast<std::size_t>(classifier.dimension);
  const auto features = reader.TakeAll<float>(reader.rest() / (sizeof(float) * width) * width);
  if (!reader.done()) return BadInput();
  VERGER_ASSIGN_OR_RETURN(classifier, Teach(classifier, label, features));
  return Ok();
}

Status UnteachOne(Bytes input) {
  VERGER_RETURN_IF_ERROR(RequireTeachable());
  Classifier& classifier = TheState().app->classifier;
  FlatReader reader(input);
  VERGER_ASSIGN_OR_RETURN(classifier, Unteach(classifier, reader.TakeText()));
  return Ok();
}

Status Export() {
  if (!TheState().app) return NotLoaded();
  TheState().result = SaveTaughtRows(TheState().app->classifier);
  return Ok();
}

Status Import(Bytes input) {
  VERGER_RETURN_IF_ERROR(RequireTeachable());
  Classifier& classifier = TheState().app->classifier;
  VERGER_ASSIGN_OR_RETURN(const TaughtRows rows, LoadTaughtRows(input, classifier));
  VERGER_ASSIGN_OR_RETURN(classifier, TeachRows(classifier, rows));
  return Ok();
}

}  // namespace

// A file: classifier.bin.
VERGER_WASM_EXPORT("classifier_open") int ClassifierOpen(const std::byte* file, std::size_t size) {
  return Report(Open({file, size}));
}

// A file: teach.bin.
VERGER_WASM_EXPORT("classifier_open_covariance")
int ClassifierOpenCovariance(const std::byte* file, std::size_t size) {
  return Report(OpenCovariance({file, size}));
}

// The line that names the features it was trained on, as network_identity.
VERGER_WASM_EXPORT("classifier_source") int ClassifierSource() { return Report(Source()); }

VERGER_WASM_EXPORT("classifier_labels") int ClassifierLabels() { return Report(ListLabels()); }

// The features of a photo.
VERGER_WASM_EXPORT("classifier_answer")
int ClassifierAnswer(const std::byte* features, std::size_t size, std::size_t top) {
  return Report(AnswerOne({features, size}, top));
}

// A label as text, then features of its photos.
VERGER_WASM_EXPORT("classifier_teach")
int ClassifierTeach(const std::byte* rows, std::size_t size) {
  return Report(TeachOne({rows, size}));
}

// A label as text.
VERGER_WASM_EXPORT("classifier_unteach")
int ClassifierUnteach(const std::byte* label, std::size_t size) {
  return Report(UnteachOne({label, size}));
}

VERGER_WASM_EXPORT("classifier_export") int ClassifierExport() { return Report(Export()); }

// A file that classifier_export made.
VERGER_WASM_EXPORT("classifier_import")
int ClassifierImport(const std::byte* file, std::size_t size) {
  return Report(Import({file, size}));
}

VERGER_WASM_EXPORT("classifier_result") const char* ClassifierResult() {
  return TheState().result.data();
}
VERGER_WASM_EXPORT("classifier_result_size") std::size_t ClassifierResultSize() {
  return TheState().result.size();
}

}  // namespace verger::app
