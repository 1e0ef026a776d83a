#include "cli/runs/extraction.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/limits.h"
#include "cli/base/ordered.h"
#include "cli/base/text.h"
#include "cli/engine/compiled_networks.h"
#include "cli/engine/usable_threads.h"
#include "cli/photos/hashed_listing.h"
#include "cli/runs/collector.h"
#include "cli/runs/contents.h"
#include "cli/runs/free_memory.h"
#include "cli/runs/part_writer.h"
#include "cli/runs/photo_batch.h"
#include "cli/runs/saved_moments.h"
#include "cli/runs/sources.h"

namespace verger::cli {
namespace {

void WarnIfDiskIsSmall(const Place& place, std::int64_t photos, int dimension, Progress& progress) {
  const double needed = verger_output_bytes(photos, dimension);
  const auto free = place.FreeBytes();
  if (free && static_cast<double>(*free) < needed) {
    progress.Say(fmt::format("warning: {} has {} free, this run may need {}", place.PathOf(""),
                             HumanBytes(static_cast<double>(*free)), HumanBytes(needed)));
  }
}

// The photos, named as rows are to name them.
std::unique_ptr<PhotoStream> ListFor(const Output& output, const Place& place,
                                     const PlanOptions& options) {
  const PathMode mode = options.path_mode;
  if (output.manifest() && output.manifest()->path_mode != mode) {
    throw Failure(
        Exit::kUsage,
        fmt::format("{} was made with --path-mode {}: give that mode, or choose another OUT",
                    output.place().PathOf(""), NameOf(output.manifest()->path_mode)));
  }
  auto photos = OpenListing(place, output.place(), options.include_hidden);
  return mode == PathMode::kHash ? HashPaths(std::move(photos)) : std::move(photos);
}

void RequirePhotos(const PhotoStream& listed, const Output& output, const Place& place) {
  const bool is_output = place.Canonical() == output.place().Canonical();
  const std::string name = place.PathOf("");
  std::string why = TextOf(verger_no_photos, Borrowed(name), is_output ? 1 : 0, &listed.counts());
  if (why.empty()) return;
  for (const UnreadFolder& folder : listed.unread()) {
    why += fmt::format("\ncannot list the folder {}: {}", folder.path, folder.reason);
  }
  throw Failure(Exit::kBadInput, why);
}

// Parts of version 1 of the manifest get their first and last paths, which changes no file.
bool SameFiles(const std::vector<PartEntry>& a, const std::vector<PartEntry>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const PartEntry& one, const PartEntry& other) { return one.file == other.file; });
}

// One extraction; holds what its steps share.
class Run {
 public:
  Run(Output& output, const Place& photos, const verger_model& model, const ModelIdentity& identity,
      const ExtractionOptions& options, ExtractionSummary& summary)
      : output_(output),
        photos_(photos),
        model_(model),
        identity_(identity),
        options_(options),
        summary_(summary) {}

  Extraction Do() {
    // Said now, not after the photos.
    RequireMemoryForMoments(identity_.dimension, options_.gather_added ? 1 : 0);
    const std::unique_ptr<PhotoStream> listed = ListFor(output_, photos_, options_.plan);
    plan_ = MakePlan(output_, identity_, options_.plan, *listed);
    RequirePhotos(*listed, output_, photos_);
    summary_.files = listed->counts();
    summary_.unread = listed->unread();
    if (plan_.checked_all && plan_.damaged.empty()) output_.CheckIsDone();
    summary_.inputs = plan_.inputs();
    summary_.vanished_kept = plan_.vanished;
    summary_.outdated = plan_.outdated;
    summary_.reused = plan_.inputs() - plan_.todo.rows();
    summary_.repaired = static_cast<std::int64_t>(plan_.damaged.size());

    ReusedMoments reused = MomentsOfReusedParts(output_, plan_, identity_.dimension);
    fresh_ = NewMoments(identity_.dimension);
    AddParts(output_, UnlistedParts(), *fresh_);
    if (options_.gather_added) {
      added_ = NewMoments(identity_.dimension);
      Call(verger_moments_merge, added_.get(), fresh_.get());
    }
    PartWriter writer(output_, identity_, fresh_.get(),
                      verger_part_rows(plan_.inputs(), identity_.dimension));
    if (plan_.todo.rows() > 0) {
      DoTodo(writer);
      GiveFreeMemoryBack();  // the engine's: it is gone
    }

    const bool saved = reused.saved && plan_.unlisted.empty() && writer.parts().empty();
    if (!saved) Call(verger_moments_merge, reused.moments.get(), fresh_.get());
    fresh_.reset();  // before they are saved, which takes their size once more
    return Finish(writer, std::move(reused.moments), saved);
  }

 private:
  std::vector<FileEntry> UnlistedParts() const {
    std::vector<FileEntry> parts;
    const std::set<std::string_view> names(plan_.unlisted.begin(), plan_.unlisted.end());
    for (const PartEntry& part : plan_.reused_parts) {
      if (names.contains(part.file.name)) parts.push_back(part.file);
    }
    return parts;
  }

  // Where extracting fails, what is done by then is made durable, if storage lets us.
  void DoTodo(PartWriter& writer) {
    try {
      ExtractAll(writer);
    } catch (const Failure& failure) {
      try {
        writer.Flush();
      } catch (const Failure&) {
        if (failure.exit() == Exit::kInterrupted) throw;
      }
      throw;
    }
  }

  void ExtractAll(PartWriter& writer) {
    const int threads = UsableThreads(options_.threads);
    Progress progress({"extract", ProgressUnit::kPhotos, static_cast<std::uint64_t>(plan_.inputs()),
                       options_.progress});
    progress.SetBefore(static_cast<std::uint64_t>(plan_.inputs() - plan_.todo.rows()));
    WarnIfDiskIsSmall(output_.place(), plan_.todo.rows(), identity_.dimension, progress);
    const ExtractorHandle extractor = OpenExtractor(model_, {.threads = threads,
                                                             .batch_size = options_.batch_size,
                                                             .max_pixels = options_.plan.max_pixels,
                                                             .max_bytes = options_.plan.max_bytes,
                                                             .decoder = options_.decoder});
    const std::vector<TodoSlice> slices =
        plan_.todo.Cut(options_.batch_size > 0 ? options_.batch_size : Limits().photos_at_once,
                       Limits().max_call_bytes);
    Sources sources(output_);
    Contents contents;
    const std::int64_t max_bytes =
        options_.plan.max_bytes > 0 ? options_.plan.max_bytes : Limits().max_photo_bytes;
    const Workshop shop{photos_, plan_, *extractor, sources, contents, max_bytes};
    Collector collector(shop, writer, added_.get(), identity_.dimension);
    const auto started = std::chrono::steady_clock::now();
    const Workers workers =
        PhotoWorkers(threads, photos_.concurrency() > 1, options_.decoder.decode != nullptr);
    RunOrdered<std::vector<DonePhoto>>(
        slices.size(), workers,
        [&](std::size_t slice) { return DoPhotos(plan_.todo.Read(slices[slice]), shop); },
        [&](std::size_t, std::vector<DonePhoto> done) {
          std::uint64_t rejects = 0;
          for (DonePhoto& photo : done) rejects += collector.Add(std::move(photo)) ? 1 : 0;
          progress.Add(done.size(), rejects);
          ThrowIfInterrupted(fmt::format(
              "interrupted: finished work is safe in {}; run the same command again to continue",
              output_.place().PathOf("")));
        });
    collector.Finish();
    summary_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    progress.Finish();
    summary_.extracted = collector.extracted();
    summary_.reused += collector.reused();
    plan_.labels.insert(collector.labels().begin(), collector.labels().end());
    plan_.rejects.insert(plan_.rejects.end(), collector.rejects().begin(),
                         collector.rejects().end());
  }

  Extraction Finish(PartWriter& writer, MomentsHandle moments, bool saved) {
    Manifest manifest;
    manifest.path_mode = options_.plan.path_mode;
    if (manifest.path_mode == PathMode::kPlain) manifest.photos = photos_.Canonical();
    manifest.model = identity_;
    manifest.preprocessing = std::move(plan_.reused_parts);
    manifest.preprocessing.insert(manifest.preprocessing.end(), writer.parts().begin(),
                                  writer.parts().end());
    manifest.rejects = std::move(plan_.rejects);
    std::sort(manifest.rejects.begin(), manifest.rejects.end(),
              [](const Reject& a, const Reject& b) { return a.path < b.path; });
    if (manifest.rejects.size() > kRejectsListed) manifest.rejects.resize(kRejectsListed);
    manifest.labels = static_cast<std::int64_t>(plan_.labels.size());
    manifest.replaced = std::move(plan_.replaced);

    const std::optional<Manifest>& latest = output_.manifest();
    const bool same_parts = latest && SameFiles(latest->preprocessing, manifest.preprocessing);
    if (same_parts) {
      manifest.reduction = latest->reduction;  // it fits, should the caller not make another
    }
    // What a killed run left and nobody needs goes with a version, even if nothing else does.
    const bool changed = !saved || !same_parts || !manifest.replaced.empty();
    manifest.moments = saved && latest ? latest->moments : SaveMoments(output_, *moments);
    return {std::move(manifest), std::move(moments), std::move(added_), changed};
  }

  Output& output_;
  const Place& photos_;
  const verger_model& model_;
  const ModelIdentity& identity_;
  const ExtractionOptions& options_;
  ExtractionSummary& summary_;
  Plan plan_;
  MomentsHandle fresh_;  // of parts that no manifest counts yet
  MomentsHandle added_;
};

}  // namespace

bool KeepWithoutResults(Output& output, const Manifest& manifest) {
  if (output.manifest() && output.manifest()->reduction) return false;
  output.Commit(manifest);
  return true;
}

Extraction Extract(Output& output, const Place& photos, const verger_model& model,
                   const ModelIdentity& identity, const ExtractionOptions& options,
                   ExtractionSummary* summary) {
  return Run(output, photos, model, identity, options, *summary).Do();
}

}  // namespace verger::cli
