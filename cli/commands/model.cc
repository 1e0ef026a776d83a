// The `model` verbs: what there is, and how more comes in.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/base/files.h"
#include "cli/base/progress.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/options.h"
#include "cli/engine/handles.h"
#include "cli/models/catalogue.h"
#include "cli/models/fetch.h"
#include "cli/models/place.h"
#include "cli/models/resolve.h"
#include "cli/models/store.h"
#include "cli/runs/interrupt.h"

namespace verger::cli {
namespace {

using Json = nlohmann::ordered_json;

ModelStore Store() { return ModelStore(DefaultStoreFolder()); }

Json DescribeEmbedded() {
  verger_model* model = nullptr;
  Call(verger_model_embedded, &model);
  return Json::parse(verger_model_describe(ModelHandle(model).get()));
}

Json DescribeBytes(const std::string& name, const std::string& bytes, const std::string& preset) {
  verger_model* model = nullptr;
  const verger_model_options options{sizeof(verger_model_options), name.c_str(),
                                     preset.empty() ? nullptr : preset.c_str()};
  Call(verger_model_read, bytes.data(), bytes.size(), &options, &model);
  return Json::parse(verger_model_describe(ModelHandle(model).get()));
}

ModelEntry EntryFor(const std::string& name, const std::string& bytes, const std::string& preset) {
  const Json description = DescribeBytes(name, bytes, preset);
  ModelEntry entry;
  entry.name = name;
  entry.format = description.at("format");
  entry.preset = description.at("preset");
  entry.dimension = description.at("dimension");
  return entry;
}

Json ToJson(const ModelEntry& entry) {
  return {{"name", entry.name},           {"format", entry.format}, {"preset", entry.preset},
          {"dimension", entry.dimension}, {"sha256", entry.sha256}, {"bytes", entry.bytes},
          {"file", entry.file.native()},  {"source", entry.source}, {"license", entry.license}};
}

// File names may be any bytes; JSON may not.
void Print(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void SayKept(const ModelEntry& entry, const std::string& how) {
  fmt::print("{} {}: {} features, preset {}, {}, in {}\nUse it: verger run PHOTOS OUT --model {}\n",
             how, entry.name, entry.dimension, entry.preset,
             HumanBytes(static_cast<double>(entry.bytes)), Printable(entry.file.native()),
             entry.name);
}

// ---- list

// Columns as wide as their widest cell; the last one ragged.
std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths(rows[0].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += row[i] + std::string(widths[i] - Columns(row[i]) + 2, ' ');
    }
    text += row.back() + "\n";
  }
  return text;
}

void List(bool json) {
  const ModelStore store = Store();
  std::vector<std::string> damaged;
  const std::vector<ModelEntry> entries = store.List(&damaged);
  std::vector<const ModelSource*> missing;
  for (const ModelSource& source : Catalogue()) {
    if (std::none_of(entries.begin(), entries.end(),
                     [&](const ModelEntry& entry) { return entry.name == source.name; })) {
      missing.push_back(&source);
    }
  }
  const Json embedded = DescribeEmbedded();
  if (json) {
    Json models = {{{"name", embedded.at("name")},
                    {"format", embedded.at("format")},
                    {"preset", embedded.at("preset")},
                    {"dimension", embedded.at("dimension")},
                    {"sha256", embedded.at("sha256")},
                    {"source", "embedded"}}};
    for (const ModelEntry& entry : entries) models.push_back(ToJson(entry));
    Json fetchable = Json::array();
    for (const ModelSource* source : missing) {
      fetchable.push_back({{"name", source->name}, {"url", source->url}, {"bytes", source->size}});
    }
    Print({{"folder", store.folder().native()},
           {"models", models},
           {"fetchable", fetchable},
           {"damaged", damaged}});
    return;
  }
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "FEATURES", "PRESET", "FORMAT", "SIZE", "SHA256", "FROM"}};
  rows.push_back({embedded.at("name"), std::to_string(embedded.at("dimension").get<int>()),
                  embedded.at("preset"), embedded.at("format"), "-",
                  embedded.at("sha256").get<std::string>().substr(0, 12), "embedded"});
  for (const ModelEntry& entry : entries) {
    rows.push_back({entry.name, std::to_string(entry.dimension), entry.preset, entry.format,
                    HumanBytes(static_cast<double>(entry.bytes)), entry.sha256.substr(0, 12),
                    Printable(entry.source)});
  }
  fmt::print("{}", Table(rows));
  for (const ModelSource* source : missing) {
    fmt::print("Not here yet: {} ({}): verger model fetch {}\n", source->name,
               HumanBytes(static_cast<double>(source->size)), source->name);
  }
  for (const std::string& line : damaged) fmt::print(stderr, "verger: {}\n", line);
}

void AddList(CLI::App& model) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = model.add_subcommand("list", "The models there are, and those to fetch");
  command->add_flag("--json", *json, "For machines");
  command->footer("Examples:\n  verger model list\n  verger model list --json");
  command->callback([json] { List(*json); });
}

// ---- fetch

struct FetchOptions {
  std::string name, url, sha256, preset, license;
  bool replace = false, json = false, quiet = false;
  int retries = 6;
  int timeout = 30;
};

ModelSource SourceFor(const FetchOptions& options) {
  if (options.url.empty()) {
    if (!options.sha256.empty()) throw Failure(Exit::kUsage, "--sha256 needs --url");
    if (const ModelSource* known = FindSource(options.name)) {
      if (options.preset.empty() || options.preset == known->preset) return *known;
      throw Failure(Exit::kUsage, fmt::format("{} is fetched with its own preset, {}: leave out "
                                              "--preset, and give one to verger run instead",
                                              known->name, known->preset));
    }
    if (options.name == kEmbeddedModel) {
      throw Failure(Exit::kUsage, fmt::format("{} is inside the program: there is nothing to fetch",
                                              options.name));
    }
    std::string names;
    for (const ModelSource& source : Catalogue()) names += " " + source.name;
    throw Failure(Exit::kBadInput,
                  fmt::format("no model '{}' to fetch; Verger knows:{}\nTo fetch another one: "
                              "verger model fetch NAME --url URL --sha256 HASH",
                              Printable(options.name), names));
  }
  if (options.sha256.empty()) {
    throw Failure(Exit::kUsage,
                  "--url needs --sha256, the digest of the file as its publisher "
                  "states it: what cannot be checked is not fetched");
  }
  std::string hex = options.sha256;
  for (char& c : hex) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Failure(Exit::kUsage, "--sha256 takes 64 hexadecimal digits");
  }
  return {options.name,   options.name,   options.url, 0, {DigestKind::kSha256, hex},
          options.preset, options.license};
}

void Fetch(const FetchOptions& options) {
  WatchForInterrupts();
  const ModelSource source = SourceFor(options);
  std::optional<Progress> progress;
  const ProgressMode mode = options.quiet  ? ProgressMode::kNever
                            : options.json ? ProgressMode::kTerminalOnly
                                           : ProgressMode::kAuto;
  DownloadOptions download;
  download.retries = options.retries;
  download.stall_seconds = options.timeout;
  download.cancelled = [] { return InterruptedBy() != 0; };
  download.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (!progress) {  // only now: there may be nothing to download
      progress.emplace(
          Progress::Options{"fetch " + source.name, ProgressUnit::kBytes, total, mode});
      progress->SetBefore(done);
    }
    progress->SetTotal(total);
    progress->SetDone(done);
  };
  download.note = [&](const std::string& line) {
    if (progress) {
      progress->Say(line);
    } else if (!options.quiet) {
      fmt::print(stderr, "{}\n", line);
    }
  };
  const FetchResult result =
      FetchModel(Store(), source, options.replace, download,
                 [&](const std::string& name, const std::string& bytes, const std::string& preset) {
                   if (progress) progress->Finish();
                   return EntryFor(name, bytes, preset);
                 });
  if (options.json) {
    Print(ToJson(result.entry));
    return;
  }
  SayKept(result.entry, result.how == Fetched::kAlreadyThere ? "Already there:"
                        : result.how == Fetched::kFromKeras  ? "From Keras's own folder:"
                                                             : "Fetched");
}

void AddFetch(CLI::App& model) {
  auto options = std::make_shared<FetchOptions>();
  CLI::App* command = model.add_subcommand(
      "fetch", "Download a model, check it, keep it; goes on where it was interrupted");
  command->add_option("NAME", options->name, "resnet50, or with --url a name of your choice")
      ->required();
  command->add_option("--url", options->url, "Where another .h5 or .onnx is: http, https or file")
      ->needs(command->add_option("--sha256", options->sha256, "Digest of the file at --url"));
  command->add_option("--preset", options->preset,
                      "Preprocessing of the model at --url: " + std::string(verger_presets()));
  command->add_option("--license", options->license, "License of the model at --url");
  command->add_flag("--replace", options->replace, "Replace another model of this name");
  command->add_option("--retries", options->retries, "After failures in a row")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  command->add_option("--timeout", options->timeout, "Seconds without a byte before a retry")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the model as JSON");
  command->add_flag("-q,--quiet", options->quiet, "No progress on stderr");
  command->footer(
      "Examples:\n"
      "  verger model fetch resnet50\n"
      "  verger model fetch mynet --url https://example.org/mynet.onnx \\\n"
      "      --sha256 <64 digits> --preset torchvision");
  command->callback([options] { Fetch(*options); });
}

// ---- add

struct AddFileOptions {
  std::string file, name, sha256, preset, license;
  bool replace = false, json = false;
};

void AddFile(const AddFileOptions& options) {
  const std::string bytes = ReadFile(options.file);
  if (!options.sha256.empty() && Sha256Hex(bytes) != options.sha256) {
    throw Failure(Exit::kBadInput, fmt::format("'{}' has sha256 {}, not {}: bring the file anew",
                                               Printable(options.file), Sha256Hex(bytes),
                                               Printable(options.sha256)));
  }
  const ModelSource* known = RecogniseModel(bytes);
  std::string name = options.name;
  if (name.empty()) name = known ? known->name : ModelNameFor(options.file);
  RequireModelName(name);
  ModelEntry entry = EntryFor(Printable(options.file), bytes, options.preset);
  entry.name = name;
  entry.license = known ? known->license : options.license;
  entry.source = std::filesystem::absolute(options.file).lexically_normal().native();
  if (FindSource(name) && FindSource(name) != known) {
    fmt::print(stderr, "note: this is not the published {} ({}), but a file of your own\n", name,
               Words(FindSource(name)->pin));
  }
  entry = Store().Add(std::move(entry), bytes, options.replace);
  if (options.json) {
    Print(ToJson(entry));
  } else {
    SayKept(entry, "Added");
  }
}

void AddAdd(CLI::App& model) {
  auto options = std::make_shared<AddFileOptions>();
  CLI::App* command = model.add_subcommand("add", "Check a model file and keep a copy");
  command->add_option("FILE", options->file, "Keras's ResNet50 weights (.h5) or an ONNX network")
      ->required();
  command->add_option("--name", options->name, "What to call it; by default as the file");
  command->add_option("--preset", options->preset,
                      "Preprocessing; an ONNX file needs one of: " + std::string(verger_presets()));
  command->add_option("--sha256", options->sha256, "Refuse the file unless it has this digest");
  command->add_option("--license", options->license, "License of the model, to be listed");
  command->add_flag("--replace", options->replace, "Replace another model of this name");
  command->add_flag("--json", options->json, "Print the model as JSON");
  command->footer(
      "Examples:\n"
      "  verger model add resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5\n"
      "  verger model add mynet.onnx --preset torchvision --name mynet");
  command->callback([options] { AddFile(*options); });
}

// ---- inspect

struct InspectOptions {
  std::string model, preset;
  bool json = false;
};

void Inspect(const InspectOptions& options) {
  const ResolvedModel resolved = ResolveModel(Store(), options.model, options.preset);
  Json description = resolved.embedded
                         ? DescribeEmbedded()
                         : DescribeBytes(resolved.name, resolved.bytes, resolved.preset);
  if (!resolved.embedded) description["bytes"] = resolved.bytes.size();
  description["origin"] = resolved.origin;
  if (options.json) {
    Print(description);
    return;
  }
  for (const auto& [key, value] : description.items()) {
    fmt::print("{:<10} {}\n", key,
               value.is_string() ? Printable(value.get<std::string>()) : value.dump());
  }
}

void AddInspect(CLI::App& model) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = model.add_subcommand("inspect", "Open a model and tell what it is");
  command->add_option("MODEL", options->model, "A name of the list, or a file")->required();
  command->add_option("--preset", options->preset,
                      "Preprocessing for an ONNX file: " + std::string(verger_presets()));
  command->add_flag("--json", options->json, "For machines");
  command->footer(
      "Examples:\n"
      "  verger model inspect efficientnet-lite0\n"
      "  verger model inspect mynet.onnx --preset torchvision --json");
  command->callback([options] { Inspect(*options); });
}

}  // namespace

void AddModelCommand(CLI::App& app) {
  CLI::App* model = app.add_subcommand("model", "List, fetch, add and inspect models");
  model->require_subcommand(1);
  model->footer(
      "Examples:\n"
      "  verger model list\n"
      "  verger model fetch resnet50\n"
      "  verger model add weights.h5\n\n"
      "Models are kept in $VERGER_MODELS, else in $XDG_DATA_HOME/verger/models, else in\n"
      "~/.local/share/verger/models.");
  AddList(*model);
  AddFetch(*model);
  AddAdd(*model);
  AddInspect(*model);
}

}  // namespace verger::cli
