#include "cli/runs/extraction.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "cli/base/digest.h"
#include "cli/base/interrupt.h"
#include "cli/base/ordered.h"
#include "cli/base/text.h"
#include "cli/engine/batches.h"
#include "cli/runs/contents.h"
#include "cli/runs/feature_reader.h"
#include "cli/runs/part_writer.h"
#include "cli/runs/photo_batch.h"
#include "cli/runs/plan.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

// Photos that a worker reads and hands to the library at once, where no batch is asked for: a few
// of the library's own.
constexpr int kPhotosAtOnce = 16;
// Their bytes: with few workers and large photos, what bounds memory.
constexpr std::int64_t kMostBatchBytes = std::int64_t{64} << 20;

// Cuts the photos to do into batches of few photos and few bytes.
std::vector<std::span<const PlannedPhoto>> CutIntoBatches(const std::vector<PlannedPhoto>& todo,
                                                          const std::vector<Photo>& photos,
                                                          int batch_size) {
  std::vector<std::span<const PlannedPhoto>> batches;
  std::size_t begin = 0;
  std::int64_t bytes = 0;
  for (std::size_t end = 0; end < todo.size(); ++end) {
    const std::int64_t size = photos[todo[end].photo].size;
    if (end - begin == static_cast<std::size_t>(batch_size) ||
        (end > begin && bytes + size > kMostBatchBytes)) {
      batches.push_back(std::span(todo).subspan(begin, end - begin));
      begin = end;
      bytes = 0;
    }
    bytes += size;
  }
  if (begin < todo.size()) batches.push_back(std::span(todo).subspan(begin));
  return batches;
}

void AddPart(const Output& output, const std::string& name, verger_moments& moments) {
  AddToMoments(moments, DecodeGoodRows(output.place().Read(name), name));
}

// Moments of the rows that stay, and whether they are the ones that the output has saved; where
// those were lost or count rows that go, gathered anew from the parts.
struct KeptMoments {
  MomentsHandle moments;
  bool saved = false;
};

KeptMoments MomentsOfKept(const Output& output, const Plan& plan, int dimension) {
  if (plan.kept_all_listed && output.manifest()) {
    try {
      return {LoadMoments(output, *output.manifest()), true};
    } catch (const Failure&) {
      // Damaged: they are only a sum of what the parts hold.
    }
  }
  KeptMoments kept{NewMoments(dimension)};
  const std::set<std::string_view> unlisted(plan.unlisted.begin(), plan.unlisted.end());
  for (const PartEntry& part : plan.kept) {
    if (!unlisted.contains(part.file.name)) AddPart(output, part.file.name, *kept.moments);
  }
  return kept;
}

ExtractorHandle OpenExtractor(const verger_model& model, int threads, int batch_size) {
  const verger_extractor_options options{sizeof(options), threads, batch_size};
  verger_extractor* created = nullptr;
  Call(verger_extractor_create, &model, &options, &created);
  return ExtractorHandle(created);
}

void WarnIfDiskIsSmall(const Place& place, std::size_t photos, int dimension, Progress& progress) {
  // Features stand in Preprocessing and, with the scores, in Results.
  const double needed = 2.0 * static_cast<double>(photos) * (4.0 * dimension + 300);
  const auto free = place.FreeBytes();
  if (free && static_cast<double>(*free) < needed) {
    progress.Say(fmt::format("warning: {} has {} free, this run may need {}", place.PathOf(""),
                             HumanBytes(static_cast<double>(*free)), HumanBytes(needed)));
  }
}

// What a run is about.
struct Job {
  Output& output;
  const Place& place;  // of the photos
  const std::vector<Photo>& photos;
  const Plan& plan;
  Contents& contents;
  const verger_model& model;
  const ModelIdentity& identity;
  const ExtractionOptions& options;
  verger_moments* added;  // of rows that are not taken over; null: nobody asks
};

// Brings done photos into their order, and rows into parts.
class Collector {
 public:
  Collector(const Job& job, PartWriter& writer, ExtractionSummary& summary)
      : job_(job),
        contents_(job.contents),
        writer_(writer),
        reader_(job.output, job.plan.sources, writer),
        summary_(summary) {}

  // Returns whether the photo was rejected.
  bool Add(DonePhoto photo) {
    ++(photo.extracted || (photo.row.rejected() && !photo.taken_over) ? summary_.extracted
                                                                      : summary_.reused);
    const bool ours = photo.extracted != nullptr;
    if (photo.twin.valid()) photo.extracted = photo.twin.get();
    std::span<const float> features;
    if (photo.source) {
      features = reader_.Features(*photo.source);
    } else if (photo.extracted) {
      features = photo.extracted->features;
      photo.row.error = photo.extracted->error;
    }
    const bool rejected = photo.row.rejected();
    if (ours && !rejected) contents_.Store(photo.row.sha256, reader_.Next());
    if (job_.added != nullptr && !photo.taken_over) {
      added_.insert(added_.end(), features.begin(), features.end());
      if (added_.size() >= kAddedAtOnce) CountAdded();
    }
    writer_.Add(std::move(photo.row), features);
    return rejected;
  }

  // Counts in what waits for it.
  void CountAdded() {
    if (added_.empty()) return;
    AddToMoments(*job_.added, added_, job_.identity.dimension);
    added_.clear();
  }

 private:
  static constexpr std::size_t kAddedAtOnce = std::size_t{1} << 19;  // numbers: 256 rows of 2048

  const Job& job_;
  Contents& contents_;
  PartWriter& writer_;
  FeatureReader reader_;
  ExtractionSummary& summary_;
  std::vector<float> added_;
};

// Does what the plan says is missing, part by part.
void DoPlanned(const Job& job, PartWriter& writer, ExtractionSummary* summary) {
  const int threads = job.options.threads > 0 ? job.options.threads : UsableThreads();
  Progress progress({"extract", ProgressUnit::kPhotos, job.photos.size(), job.options.progress});
  progress.SetBefore(job.photos.size() - job.plan.todo.size());
  WarnIfDiskIsSmall(job.output.place(), job.plan.todo.size(), job.identity.dimension, progress);
  const ExtractorHandle extractor = OpenExtractor(job.model, threads, job.options.batch_size);
  const auto batches =
      CutIntoBatches(job.plan.todo, job.photos,
                     job.options.batch_size > 0 ? job.options.batch_size : kPhotosAtOnce);
  Collector collector(job, writer, *summary);
  const auto started = std::chrono::steady_clock::now();
  // While one worker waits for the engine the others read and decode; more would only crowd it, but
  // for those that wait for a bucket.
  const int workers = std::max(2, threads) + (job.place.calls_at_once() > 1 ? 2 : 0);
  RunOrdered<std::vector<DonePhoto>>(
      batches.size(), workers,
      [&](std::size_t batch) {
        return DoPhotos(batches[batch], job.plan, job.place, job.photos, *extractor, job.contents);
      },
      [&](std::size_t, std::vector<DonePhoto> done) {
        std::uint64_t rejects = 0;
        for (DonePhoto& photo : done) rejects += collector.Add(std::move(photo)) ? 1 : 0;
        progress.Add(done.size(), rejects);
        ThrowIfInterrupted(fmt::format(
            "interrupted: what is done is safe in {}; run the same command again to go on",
            job.output.place().PathOf("")));
      });
  collector.CountAdded();
  writer.Flush();
  summary->seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  progress.Finish();
}

// As DoPlanned. Where that fails, what is done by then is made durable, if storage lets us.
void DoPlannedOrKeep(const Job& job, PartWriter& writer, ExtractionSummary* summary) {
  try {
    DoPlanned(job, writer, summary);
  } catch (const Failure& failure) {
    try {
      writer.Flush();
    } catch (const Failure&) {
      if (failure.exit() == Exit::kInterrupted) throw;
    }
    throw;
  }
}

std::int64_t CountLabels(const std::vector<Photo>& photos, const std::vector<Reject>& rejects) {
  std::set<std::string_view> rejected;
  for (const Reject& reject : rejects) rejected.insert(reject.path);
  std::set<std::string_view> labels;
  for (const Photo& photo : photos) {
    if (!rejected.contains(photo.path)) labels.insert(photo.label);
  }
  return static_cast<std::int64_t>(labels.size());
}

// The photos, named as rows are to name them.
std::vector<Photo> ListFor(const Output& output, const Place& place, PathMode mode) {
  std::vector<Photo> photos = ListPhotos(place, output.place());
  if (photos.empty()) {
    const char* why = place.Canonical() == output.place().Canonical()
                          ? "it is OUT as well, where photos are not looked for: give OUT another"
                          : "they are files that end in .jpg, .png or .webp";
    throw Failure(Exit::kBadInput, fmt::format("{}: no photos in it: {}", place.PathOf(""), why));
  }
  if (output.manifest() && output.manifest()->path_mode != mode) {
    throw Failure(
        Exit::kUsage,
        fmt::format("{} was made with --path-mode {}: give it again, or choose another OUT",
                    output.place().PathOf(""), NameOf(output.manifest()->path_mode)));
  }
  if (mode == PathMode::kHash) {
    for (Photo& photo : photos) {
      if (photo.file.empty()) photo.file = photo.path;
      photo.path = Sha256Hex(photo.path);
    }
    std::sort(photos.begin(), photos.end(),
              [](const Photo& a, const Photo& b) { return a.path < b.path; });
  }
  return photos;
}

}  // namespace

int UsableThreads() {
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof(usable), &usable) == 0) return CPU_COUNT(&usable);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void KeepWithoutResults(Output& output, const Manifest& manifest) {
  if (!output.manifest() || !output.manifest()->reduction) output.Commit(manifest);
}

MomentsHandle NewMoments(int dimension) {
  verger_moments* created = nullptr;
  Call(verger_moments_create, dimension, &created);
  return MomentsHandle(created);
}

FileEntry SaveMoments(const Output& output, const verger_moments& moments) {
  LibraryBytes bytes;
  Call(verger_moments_save, &moments, bytes.out());
  return output.Publish(output.VersionedName("moments", "bin"), bytes.view());
}

MomentsHandle LoadMoments(const Output& output, const Manifest& manifest) {
  const std::string bytes = output.Read(manifest.moments);
  verger_moments* loaded = nullptr;
  Call(verger_moments_load, bytes.data(), bytes.size(), &loaded);
  return MomentsHandle(loaded);
}

void RefuseTooManyRejects(const Manifest& manifest, double most) {
  const auto rejects = static_cast<double>(manifest.rejects.size());
  const auto inputs = static_cast<double>(manifest.inputs());
  if (rejects <= most * inputs) return;
  std::string examples;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, manifest.rejects.size()); ++i) {
    examples += fmt::format("\n  {}: {}", manifest.rejects[i].path, manifest.rejects[i].reason);
  }
  throw Failure(
      Exit::kTooManyRejects,
      fmt::format("{} of {} photos rejected, {:.1f} % where at most {:.1f} % may be:{}\n"
                  "Nothing is lost: mend the photos, or allow more by --max-reject-rate, and run "
                  "again; what is extracted stays so.",
                  manifest.rejects.size(), manifest.inputs(), 100 * rejects / inputs, 100 * most,
                  examples));
}

Extraction Extract(Output& output, const Place& place, const verger_model& model,
                   const ModelIdentity& identity, const ExtractionOptions& options,
                   ExtractionSummary* summary) {
  std::vector<Photo> photos = ListFor(output, place, options.plan.path_mode);
  const std::size_t listed = photos.size();
  // Most often those that are there are among the photos.
  Contents contents(photos.size());
  Plan plan = MakePlan(output, identity, options.plan, &photos, &contents);
  summary->inputs = static_cast<std::int64_t>(photos.size());
  summary->vanished_kept = static_cast<std::int64_t>(photos.size() - listed);
  summary->reused = static_cast<std::int64_t>(photos.size() - plan.todo.size());
  summary->repaired = static_cast<std::int64_t>(plan.damaged.size());

  KeptMoments kept = MomentsOfKept(output, plan, identity.dimension);
  MomentsHandle fresh = NewMoments(identity.dimension);
  for (const std::string& name : plan.unlisted) AddPart(output, name, *fresh);
  MomentsHandle added;
  if (options.gather_added) {
    added = NewMoments(identity.dimension);
    Call(verger_moments_merge, added.get(), fresh.get());
  }
  PartWriter writer(output, identity, *fresh);
  if (!plan.todo.empty()) {
    DoPlannedOrKeep({output, place, photos, plan, contents, model, identity, options, added.get()},
                    writer, summary);
  }
  const bool saved = kept.saved && plan.unlisted.empty() && writer.parts().empty();
  MomentsHandle moments = std::move(kept.moments);
  if (!saved) Call(verger_moments_merge, moments.get(), fresh.get());

  Manifest manifest;
  manifest.path_mode = options.plan.path_mode;
  if (options.plan.path_mode == PathMode::kPlain) manifest.photos = place.Canonical();
  manifest.model = identity;
  manifest.preprocessing = std::move(plan.kept);
  manifest.preprocessing.insert(manifest.preprocessing.end(), writer.parts().begin(),
                                writer.parts().end());
  manifest.rejects = std::move(plan.rejects);
  manifest.rejects.insert(manifest.rejects.end(), writer.rejects().begin(), writer.rejects().end());
  std::sort(manifest.rejects.begin(), manifest.rejects.end(),
            [](const Reject& a, const Reject& b) { return a.path < b.path; });
  manifest.labels = CountLabels(photos, manifest.rejects);
  manifest.replaced = std::move(plan.replaced);

  const std::optional<Manifest>& latest = output.manifest();
  if (latest && latest->preprocessing == manifest.preprocessing) {
    manifest.reduction = latest->reduction;  // it fits, should the caller not make another
  }
  // What a killed run left and nobody needs goes with a version, even if nothing else does.
  const bool changed =
      !saved || manifest.preprocessing != latest->preprocessing || !manifest.replaced.empty();
  manifest.moments = saved ? latest->moments : SaveMoments(output, *moments);
  return {std::move(manifest), std::move(moments), std::move(added), changed};
}

}  // namespace verger::cli
