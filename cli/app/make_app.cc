#include "cli/app/make_app.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/app/page_files.h"
#include "cli/app/samples.h"
#include "cli/base/digest.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/ordered.h"
#include "cli/engine/batches.h"
#include "cli/engine/handles.h"
#include "cli/runs/training.h"

namespace verger::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kEngine = "engine.wasm";
// The same engine with faster instructions: a browser downloads one of the two.
constexpr const char* kRelaxedEngine = "engine-relaxed.wasm";
constexpr const char* kSamples = "samples.webp";

bool HasEngine() {
  const auto files = PageFiles();
  return std::ranges::any_of(files, [](const PageFile& file) { return file.path == kEngine; });
}

std::string Html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// A file of the page under the app's own title.
std::string Titled(const PageFile& file, const std::string& title) {
  std::string bytes(file.bytes);
  if (title.empty()) return bytes;
  if (file.path == "manifest.webmanifest") {
    Json manifest = ParseOrderedJson(bytes);
    manifest["name"] = manifest["short_name"] = title;
    return FormatJson(manifest, 2) + "\n";
  }
  constexpr std::string_view kBegin = "<title>";
  const std::size_t begin = bytes.find(kBegin);
  const std::size_t end = bytes.find("</title>");
  if (file.path == "index.html" && begin < end && end != std::string::npos) {
    bytes.replace(begin, end - begin, std::string(kBegin) + Html(title));
  }
  return bytes;
}

// What makes the features of the classifier of those of the network.
std::string ClassifierFile(const Output& output, const verger_classifier& classifier) {
  const auto json = ParseJson(DescribeClassifier(classifier));
  if (json.at("network").at("column") == "features") {
    return TextOf(verger_app_classifier, &classifier, nullptr, VERGER_SCORES_CENTRED);
  }
  const Reduction& reduction = output.Reduced();
  const PcaHandle pca = ReadPca(output.Read(reduction.pca));
  return TextOf(verger_app_classifier, &classifier, pca.get(), reduction.settings.scores());
}

// "" for a classifier that cannot be taught, and why not.
std::string CovarianceFile(const verger_classifier& classifier, const std::string& file,
                           std::vector<std::string>* notes) {
  try {
    return TextOf(verger_app_covariance, &classifier, file.data(), file.size());
  } catch (const Failure& failure) {
    notes->push_back(fmt::format("the app cannot be taught: {}", failure.what()));
    return "";
  }
}

Json LabelsOf(const verger_classifier& classifier, const LabelSamples& samples) {
  Json labels = ParseOrderedJson(DescribeClassifier(classifier)).at("labels");
  for (std::size_t at = 0; at < labels.size(); ++at) labels[at]["samples"] = samples.tiles.at(at);
  return labels;
}

// Weights and numbers are large and nearly incompressible: the best quality takes 50 times as long
// and saves 1 %.
int QualityOf(const AppFile& file, int best) {
  constexpr std::size_t kLarge = 1 << 20;
  constexpr int kFast = 9;
  return file.bytes.size() < kLarge ? best : std::min(best, kFast);
}

void Compress(const AppOptions& options, std::vector<AppFile>* files) {
  std::uint64_t bytes = 0;
  for (const AppFile& file : *files) bytes += file.bytes.size();
  Progress progress({"compress", ProgressUnit::kBytes, bytes, options.progress});
  RunOrdered<std::string>(
      files->size(), std::max(1, options.threads),
      [&](std::size_t at) {
        const AppFile& file = (*files)[at];
        return CompressBrotli(file.bytes, QualityOf(file, options.brotli));
      },
      [&](std::size_t at, std::string brotli) {
        ThrowIfInterrupted("interrupted: no app was written");
        AppFile& file = (*files)[at];
        if (brotli.size() < file.bytes.size()) file.brotli = std::move(brotli);
        progress.Add(file.bytes.size());
      });
  progress.Finish();
}

// app.json lists the other files.
Json Listing(const std::vector<AppFile>& files) {
  Json listing = Json::array();
  for (const AppFile& file : files) {
    listing.push_back({{"path", file.path},
                       {"bytes", file.bytes.size()},
                       {"compressed_bytes", file.compressed_bytes()},
                       {"sha256", Sha256Hex(file.bytes)}});
  }
  return listing;
}

std::string VersionOf(const Json& description) { return Sha256Hex(FormatJson(description)); }

std::vector<std::string> NotesOn(const ModelIdentity& model) {
  std::vector<std::string> notes;
  if (model.precision != "fp32") {
    notes.push_back(fmt::format(
        "the output's features were computed in {}, the app computes in fp32: some answers differ",
        model.precision));
  }
  if (model.identity.find("decode=fast") != std::string::npos) {
    notes.emplace_back(
        "the output's photos were decoded fast, the app decodes every pixel: some answers differ");
  }
  return notes;
}

}  // namespace

std::size_t App::bytes() const {
  std::size_t sum = 0;
  for (const AppFile& file : files) sum += file.path == kRelaxedEngine ? 0 : file.bytes.size();
  return sum;
}

std::size_t App::compressed_bytes() const {
  std::size_t sum = 0;
  for (const AppFile& file : files) {
    sum += file.path == kRelaxedEngine ? 0 : file.compressed_bytes();
  }
  return sum;
}

void RequireApp(const Output& output) {
  if (!HasEngine()) {
    throw Failure(Exit::kFailed,
                  "this program was built without the app's engine: 'make setup' installs clang-19 "
                  "and its libraries for WebAssembly; then build it again");
  }
  const ModelIdentity& model = output.Extracted().model;
  if (model.precision == "int8") {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: its features were computed in int8, which the app does not do: "
                              "run verger run with --precision fp32, then verger train",
                              output.place().PathOf("")));
  }
}

App MakeApp(const Output& output, const verger_classifier& classifier, const verger_model& model,
            const AppOptions& options) {
  RequireApp(output);
  App app;
  app.notes = NotesOn(output.Extracted().model);
  for (const PageFile& file : PageFiles()) {
    app.files.push_back({std::string(file.path), Titled(file, options.title), ""});
  }
  app.files.push_back({"network.bin",
                       TextOf(verger_model_app_network, &model,
                              options.weights.empty() ? nullptr : options.weights.c_str()),
                       ""});
  const std::string file = ClassifierFile(output, classifier);
  app.files.push_back({"classifier.bin", file, ""});
  const std::string covariance = CovarianceFile(classifier, file, &app.notes);
  if (!covariance.empty()) app.files.push_back({"teach.bin", covariance, ""});
  const LabelSamples samples =
      MakeSamples(output, classifier, {options.photos, options.threads, options.progress});
  if (!samples.webp.empty()) app.files.push_back({kSamples, samples.webp, ""});
  if (!samples.warning.empty()) app.notes.push_back(samples.warning);
  Compress(options, &app.files);

  std::ranges::sort(app.files, {}, &AppFile::path);
  const auto network = ParseJson(verger_model_describe(&model));
  Json description = {{"format", "verger-app"},
                      {"name", options.title.empty() ? "Verger" : options.title},
                      {"network", network.at("name")},
                      {"input_size", network.at("width")},
                      {"labels", LabelsOf(classifier, samples)},
                      {"samples",
                       {{"path", samples.webp.empty() ? Json() : Json(kSamples)},
                        {"tile", samples.tile},
                        {"columns", samples.columns}}},
                      {"files", Listing(app.files)}};
  app.labels = static_cast<std::int64_t>(description.at("labels").size());
  app.version = VersionOf(description);
  description["version"] = app.version;
  const std::string text = FormatJson(description, 1) + "\n";
  app.files.push_back({kAppDescription, text, CompressBrotli(text, options.brotli)});
  std::ranges::sort(app.files, {}, &AppFile::path);
  return app;
}

}  // namespace verger::cli
