#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/app/app_folder.h"
#include "cli/app/make_app.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/commands/photos_of_output.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/training.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  OutputOptions output;
  std::string folder;
  std::string photos;
  std::string title;
  std::string weights;
  std::string model;
  ModelChoice choice;
  int threads = 0;
  bool no_samples = false;
};

// The files of an output are Verger's: an app among them would be refused by the next run.
void RequireOutside(const std::string& folder, const Output& output) {
  const fs::path place = output.place().Canonical();
  const fs::path app = fs::weakly_canonical(fs::absolute(folder));
  const auto [end, unused] = std::mismatch(place.begin(), place.end(), app.begin(), app.end());
  if (place.is_absolute() && end == place.end()) {
    throw Failure(Exit::kUsage,
                  fmt::format("{}: it is inside OUT: name a folder beside it", Printable(folder)));
  }
}

App Make(const Options& options) {
  return ReadLatest(options.output.OpenOut(), [&](const Output& output) {
    RequireApp(output);
    RequireOutside(options.folder, output);
    const ClassifierHandle classifier = RequireClassifier(output);
    const std::string note = CheckClassifier(output, *classifier);
    const OpenedModel model = ModelOfOutput(output, options.model, options.choice);
    std::shared_ptr<Place> photos;
    if (!options.no_samples) {
      photos = OpenPhotosOf(output.Extracted(), options.photos, options.output.s3);
    }
    AppOptions settings;
    settings.title = options.title;
    settings.weights = options.weights;
    settings.photos = photos.get();
    settings.threads = UsableThreads(options.threads);
    settings.progress = options.output.progress();
    App app = MakeApp(output, *classifier, *model.handle, settings);
    if (!note.empty()) app.notes.push_back(note);
    return app;
  });
}

void Run(const Options& options) {
  if (!SchemeOf(options.folder).empty()) {
    throw Failure(Exit::kUsage,
                  fmt::format("{}: DIR is a folder of this machine; copy it to a bucket afterwards",
                              Printable(options.folder)));
  }
  RequireAppFolder(options.folder);  // before anything is computed
  WatchForInterrupts();
  const App app = Make(options);
  WriteAppFolder(options.folder, app.files);
  for (const std::string& note : app.notes) Warn(note);
  if (options.output.json) {
    const nlohmann::ordered_json json = {
        {"folder", options.folder}, {"version", app.version},
        {"labels", app.labels},     {"files", app.files.size()},
        {"bytes", app.bytes()},     {"compressed_bytes", app.compressed_bytes()},
        {"notes", app.notes}};
    return Print(FormatJson(json, 1) + "\n");
  }
  Print(fmt::format("{}: an app of {}; the first visit downloads {}, {} compressed\n",
                    Printable(options.folder), Pluralize(app.labels, "label", "labels"),
                    HumanBytes(static_cast<double>(app.bytes())),
                    HumanBytes(static_cast<double>(app.compressed_bytes()))));
}

}  // namespace

void AddAppCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "app", "Make a phone app of the classifier of OUT: it answers on the device, offline");
  AddOptions(command, options->output, "Folder or s3://bucket/prefix with a trained classifier");
  command.AddOption("DIR", &options->folder, "Folder to write: new, empty, or an app's")
      .Required()
      .TakesFolder();
  command.AddOption("--title", &options->title, "Name of the app; by default Verger");
  command
      .AddOption("--photos", &options->photos,
                 "Folder or s3://bucket/prefix of the photos, for small photos of each label; "
                 "by default where they were when OUT was made")
      .TakesFolder();
  command.AddFlag("--no-samples", &options->no_samples, "Leave out the small photos of each label");
  command
      .AddOption(
          "--weights", &options->weights,
          "Storage of the network's weights: fp32, fp16, int12, int11, int10, int9 or int8; by "
          "default int11. Fewer bits make a smaller app, and answers that differ more")
      .Suggest({"fp32", "fp16", "int12", "int11", "int10", "int9", "int8"});
  AddNetworkOfOutput(command, "--model", options->model, options->choice);
  AddThreads(command, options->threads);
  command.SetFooter(
      "DIR is a website: put it on any web server with HTTPS, at any path. Phones keep the app "
      "after\n"
      "the first visit; photos never leave them. The app holds labels, the classifier, and, "
      "unless\n"
      "--no-samples is given, up to 256 small photos of OUT: publish it only if those may be "
      "seen.\n"
      "A second call replaces the app; phones change to it as a whole. Networks: "
      "EfficientNet-Lite.\n\n"
      "Examples:\n"
      "  verger app out website\n"
      "  verger app out website --title \"Orchard of Ladoix\" --no-samples\n"
      "  python3 -m http.server --directory website --bind 127.0.0.1 8000   # to try it here");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
