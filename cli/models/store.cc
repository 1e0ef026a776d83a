#include "cli/models/store.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/base/digest.h"
#include "cli/base/files.h"
#include "cli/base/json.h"
#include "cli/base/lock.h"
#include "cli/base/text.h"
#include "cli/models/catalogue.h"
#include "cli/models/place.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr double kLockSeconds = 30;
constexpr std::uint64_t kLargestJson = 1 << 20;

std::string AddAgain(const std::string& name) {
  const std::string add = fmt::format("'verger model add FILE --name {} --replace'", name);
  return FindSource(name) ? fmt::format("'verger model fetch {}' or {}", name, add) : add;
}

// A file's name has some characters of the digest: enough to distinguish versions of a model.
std::string FileNameOf(const ModelEntry& entry) {
  return fmt::format("{}-{}.{}", entry.name, entry.sha256.substr(0, 12),
                     entry.format == "onnx" ? "onnx" : "h5");
}

std::string ToJson(const ModelEntry& entry) {
  Json json = {{"version", kVersion},       {"name", entry.name},
               {"file", FileNameOf(entry)}, {"format", entry.format},
               {"preset", entry.preset},    {"sha256", entry.sha256},
               {"bytes", entry.bytes},      {"dimension", entry.dimension},
               {"source", entry.source},    {"license", entry.license}};
  // Only if set, so that older readers still read models without them.
  if (!entry.output.empty()) json["output"] = entry.output;
  if (!entry.pool.empty()) json["pool"] = entry.pool;
  return FormatJson(json, 2) + "\n";
}

ModelEntry FromJson(const std::string& text, const std::string& name, const fs::path& path) {
  try {
    const Json json = ParseOrderedJson(text);
    if (json.at("version").get<int>() > kVersion) {
      throw Failure(Exit::kBadInput,
                    fmt::format("'{}' was written by a newer verger: use that one, or {}",
                                Printable(path.native()), AddAgain(name)));
    }
    ModelEntry entry;
    entry.name = json.at("name");
    entry.format = json.at("format");
    entry.preset = json.at("preset");
    entry.output = json.value("output", "");
    entry.pool = json.value("pool", "");
    entry.sha256 = json.at("sha256");
    entry.bytes = json.at("bytes");
    entry.dimension = json.at("dimension");
    entry.source = json.at("source");
    entry.license = json.at("license");
    // The file's name follows from the rest, so a json cannot point out of the folder.
    const bool hex = entry.sha256.size() == 64 &&
                     entry.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (hex && entry.name == name && json.at("file") == FileNameOf(entry)) {
      entry.file = path.parent_path() / FileNameOf(entry);
      return entry;
    }
  } catch (const Json::exception&) {
    // Reported below, the same for every kind of damage.
  }
  throw Failure(
      Exit::kBadInput,
      fmt::format("the model '{}' is damaged ('{}' does not describe it): repair it by {}", name,
                  Printable(path.native()), AddAgain(name)));
}

}  // namespace

ModelStore::ModelStore(fs::path folder) : folder_(std::move(folder)) {}

fs::path ModelStore::JsonOf(const std::string& name) const { return folder_ / (name + ".json"); }

std::vector<ModelEntry> ModelStore::List(std::vector<std::string>* damaged) const {
  std::vector<ModelEntry> entries;
  std::error_code error;
  fs::directory_iterator files(folder_, error);
  if (error == std::errc::no_such_file_or_directory) return entries;
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    const fs::path& path = files->path();
    const std::string name = path.stem().native();
    if (path.extension() != ".json" || !IsModelName(name)) continue;
    try {
      if (auto entry = Find(name)) entries.push_back(*std::move(entry));
    } catch (const Failure& failure) {
      if (damaged) damaged->push_back(failure.what());
    }
  }
  if (error) throw FileFailure(Exit::kStorage, "list", folder_, error.value());
  std::sort(entries.begin(), entries.end(),
            [](const ModelEntry& a, const ModelEntry& b) { return a.name < b.name; });
  return entries;
}

std::optional<ModelEntry> ModelStore::Find(const std::string& name) const {
  if (!IsModelName(name)) return std::nullopt;
  const auto text = ReadFileIfPresent(JsonOf(name), Exit::kBadInput, kLargestJson);
  if (!text) return std::nullopt;
  return FromJson(*text, name, JsonOf(name));
}

std::optional<StoredModel> ModelStore::Read(const std::string& name) const {
  auto match = Find(name);
  if (!match) return std::nullopt;
  ModelEntry entry = *std::move(match);
  auto bytes = ReadFileIfPresent(entry.file);
  if (!bytes) {
    // Another process may have replaced the model since its entry was read.
    const auto now = Find(name);
    if (now && now->sha256 != entry.sha256) return Read(name);
    throw Failure(Exit::kBadInput,
                  fmt::format("the model '{}' is damaged ('{}' is missing): repair it by {}",
                              entry.name, Printable(entry.file.native()), AddAgain(entry.name)));
  }
  const std::string wrong =
      bytes->size() != entry.bytes ? fmt::format("has {} bytes instead of {}",
                                                 WithCommas(bytes->size()), WithCommas(entry.bytes))
      : Sha256Hex(*bytes) != entry.sha256 ? "has not the sha256 it was stored with"
                                          : "";
  if (wrong.empty()) return StoredModel{std::move(entry), *std::move(bytes)};
  throw Failure(Exit::kBadInput,
                fmt::format("the model '{}' is damaged ('{}' {}): repair it by {}", entry.name,
                            Printable(entry.file.native()), wrong, AddAgain(entry.name)));
}

ModelEntry ModelStore::Add(ModelEntry entry, std::string_view bytes, bool replace) const {
  RequireModelName(entry.name);
  if (IsEmbedded(entry.name)) {
    throw Failure(
        Exit::kUsage,
        fmt::format("'{}' is a model inside the program: choose another --name", entry.name));
  }
  entry.bytes = bytes.size();
  entry.sha256 = Sha256Hex(bytes);
  entry.file = folder_ / FileNameOf(entry);

  MakeFolder(folder_);
  const auto lock = FileLock::Acquire(folder_ / ".lock", kLockSeconds);
  if (!lock) {
    throw Failure(Exit::kInUse, fmt::format("the model store '{}' is in use by another verger: "
                                            "try again when it is done",
                                            Printable(folder_.native())));
  }
  RemoveStaleTemporaries(folder_);
  if (!replace) {
    if (const auto there = Find(entry.name); there && there->sha256 != entry.sha256) {
      throw Failure(Exit::kBadInput,
                    fmt::format("the store has another model '{}' (sha256 {}): give another "
                                "--name, or replace it with --replace",
                                entry.name, there->sha256.substr(0, 12)));
    }
  }
  WriteFileAtomically(entry.file, bytes);
  WriteFileAtomically(JsonOf(entry.name), ToJson(entry));
  // Files that this model had before: nothing names them now. A model's own name may
  // hold a '-', so the rest must be just a digest's start.
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder_, ignored)) {
    const std::string stem = file.path().stem().native();
    if (file.path() != entry.file && file.path().extension() != ".json" &&
        stem.size() == entry.name.size() + 13 && stem.starts_with(entry.name + "-") &&
        stem.find_first_not_of("0123456789abcdef", entry.name.size() + 1) == std::string::npos) {
      fs::remove(file.path(), ignored);
    }
  }
  return entry;
}

}  // namespace verger::cli
