#include "cli/models/fetch.h"

#include <fmt/core.h>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/lock.h"
#include "cli/base/text.h"
#include "cli/models/place.h"
#include "cli/net/url.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

bool IsCatalogued(const ModelSource& source) {
  const ModelSource* known = FindSource(source.name);
  return known && known->pin.hex == source.pin.hex;
}

// How to get the file where this machine has no network.
std::string ByHand(const ModelSource& source) {
  std::string text = fmt::format("\nWithout a network here, download on another machine\n  {}\n  ",
                                 Printable(PublicUrl(source.url)));
  if (source.size != 0) text += WithCommas(source.size) + " bytes, ";
  text += ToString(source.pin) + "\nthen bring the file here and run\n  ";
  const std::string preset = source.preset.empty() ? "" : " --preset " + source.preset;
  if (!IsCatalogued(source)) {
    return text + fmt::format("verger model add FILE --name {}{}", source.name, preset);
  }
  text += "verger model add " + source.file_name;
  if (!KerasFolder().empty()) {
    text += "\nor put it into\n  " + Printable(KerasFolder().native());
  }
  return text;
}

// Returns the store's model if it is the source's and undamaged. Sets `other` if it is another.
std::optional<StoredModel> FindValid(const ModelStore& store, const ModelSource& source,
                                     bool* other) {
  try {
    const auto entry = store.Find(source.name);
    if (!entry) return std::nullopt;
    *other = source.pin.kind == DigestKind::kSha256 ? entry->sha256 != source.pin.hex
                                                    : entry->bytes != source.size;
    auto stored = store.Read(source.name);
    if (stored && IsFile(source, stored->bytes)) return stored;
  } catch (const Failure&) {
    // Damaged: it is fetched again.
  }
  return std::nullopt;
}

std::string DownloadVerified(const fs::path& part, const ModelSource& source,
                             const DownloadOptions& options) {
  for (bool restarted = false;; restarted = true) {
    Download how;
    try {
      how = DownloadTo(part, source, options);
    } catch (const DownloadFailure& failure) {
      throw Failure(failure.exit(), failure.what() + ByHand(source));
    }
    std::string bytes = ReadFile(part, Exit::kStorage);
    if (IsFile(source, bytes)) return bytes;
    Digest digest(source.pin.kind);
    digest.Update(bytes);
    DiscardPart(part);
    // The parts may be of two versions: try once more, whole.
    if (how == Download::kResumed && !restarted) {
      if (options.note) options.note("checksum mismatch; downloading it again");
      continue;
    }
    throw Failure(
        Exit::kBadInput,
        fmt::format("'{}' is not the expected file: {} bytes with {}, not {}; nothing was stored",
                    Printable(PublicUrl(source.url)), WithCommas(bytes.size()),
                    ToString({source.pin.kind, digest.Hex()}), ToString(source.pin)));
  }
}

}  // namespace

FetchResult FetchModel(const ModelStore& store, const ModelSource& source, bool replace,
                       const DownloadOptions& options, const DescribeModel& describe) {
  RequireModelName(source.name);
  if (IsEmbedded(source.name)) {
    throw Failure(Exit::kUsage, fmt::format("'{}' is inside the program: there is "
                                            "nothing to fetch",
                                            source.name));
  }
  bool other = false;
  if (auto there = FindValid(store, source, &other)) {
    const std::string& preset = there->entry.preset;
    // One preset has many spellings.
    if (source.preset.empty() || source.preset == preset ||
        describe(source.name, there->bytes, source.preset).preset == preset) {
      return {std::move(there->entry), Fetched::kAlreadyThere};
    }
    other = true;
  }
  if (other && !replace) {
    throw Failure(
        Exit::kBadInput,
        fmt::format("the store has another model '{}': replace it with --replace", source.name));
  }

  MakeFolder(store.folder());
  const auto lock = FileLock::TryAcquire(store.folder() / (".fetch-" + source.name + ".lock"));
  if (!lock) {
    throw Failure(Exit::kInUse,
                  fmt::format("another verger is fetching {}: wait for it to finish", source.name));
  }
  auto keep = [&](const std::string& bytes, const std::string& from) {
    ModelEntry entry = describe(source.name, bytes, source.preset);
    entry.name = source.name;
    entry.source = from;
    entry.license = source.license;
    return store.Add(std::move(entry), bytes, true);
  };
  if (IsCatalogued(source) && !KerasFolder().empty()) {
    const fs::path file = KerasFolder() / source.file_name;
    if (const auto bytes = ReadFileIfPresent(file); bytes && IsFile(source, *bytes)) {
      return {keep(*bytes, file.native()), Fetched::kFromKeras};
    }
  }
  const fs::path part = store.folder() / fmt::format(".{}.part", source.name);
  const std::string bytes = DownloadVerified(part, source, options);
  FetchResult result;
  try {
    result = {keep(bytes, PublicUrl(source.url)), Fetched::kDownloaded};
  } catch (const Failure& failure) {
    // The right bytes, but no network that Verger reads: another try would get the same.
    if (failure.exit() == Exit::kBadInput) DiscardPart(part);
    throw;
  }
  DiscardPart(part);
  return result;
}

}  // namespace verger::cli
