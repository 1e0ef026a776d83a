#include "cli/runs/extraction.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "cli/base/files.h"
#include "cli/base/text.h"
#include "cli/engine/batches.h"
#include "cli/runs/interrupt.h"
#include "cli/runs/ordered.h"
#include "cli/runs/part_writer.h"
#include "cli/runs/photo_batch.h"
#include "cli/runs/plan.h"

namespace verger::cli {
namespace {

// Bytes of photos in one batch: with few workers and large photos, what bounds memory.
constexpr std::int64_t kMostBatchBytes = std::int64_t{64} << 20;

// Features of parts that go, the latest few in memory: rows are taken nearly in their order.
class SourceReader {
 public:
  SourceReader(const Output& output, const std::vector<std::string>& names)
      : output_(output), names_(names) {}

  std::span<const float> Features(Source source) {
    const auto& features =
        static_cast<const arrow::ListArray&>(*Part(source.part).GetColumnByName("features"));
    const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
    return {values.raw_values() + features.value_offset(source.row),
            static_cast<std::size_t>(features.value_length(source.row))};
  }

 private:
  static constexpr std::size_t kKept = 4;

  const arrow::RecordBatch& Part(std::uint32_t part) {
    const auto found = std::find_if(cache_.begin(), cache_.end(),
                                    [&](const auto& entry) { return entry.first == part; });
    if (found != cache_.end()) return *found->second;
    const std::string& name = names_[part];
    const std::string bytes = ReadFile(output_.folder() / name, Exit::kStorage);
    const Batch lent = DecodeGoodRows(bytes, name);
    if (cache_.size() == kKept) cache_.pop_front();
    cache_.emplace_back(part, lent);
    return *cache_.back().second;
  }

  const Output& output_;
  const std::vector<std::string>& names_;
  std::deque<std::pair<std::uint32_t, Batch>> cache_;
};

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

MomentsHandle NewMoments(int dimension) {
  verger_moments* created = nullptr;
  Call(verger_moments_create, dimension, &created);
  return MomentsHandle(created);
}

// Moments, and whether they are the ones that the output has saved.
struct MomentsSoFar {
  MomentsHandle moments;
  bool saved = false;
};

// The saved moments of the rows that stay; where those were lost or count rows that go,
// gathered anew from the parts.
MomentsSoFar MomentsOfKept(const Output& output, const Plan& plan, int dimension) {
  MomentsSoFar kept;
  std::vector<std::string> missing = plan.unlisted;
  if (plan.kept_all_listed && output.manifest()) {
    try {
      kept.moments = LoadMoments(output, *output.manifest());
      kept.saved = missing.empty();
    } catch (const Failure&) {
      // Damaged: they are only a sum of what the parts hold.
    }
  }
  if (kept.moments == nullptr) {
    kept.moments = NewMoments(dimension);
    missing.clear();
    for (const PartEntry& part : plan.kept) missing.push_back(part.file.name);
  }
  for (const std::string& name : missing) {
    AddToMoments(*kept.moments,
                 DecodeGoodRows(ReadFile(output.folder() / name, Exit::kStorage), name));
  }
  return kept;
}

ExtractorHandle OpenExtractor(const verger_model& model, int threads, int batch_size) {
  const verger_extractor_options options{sizeof(options), threads, batch_size};
  verger_extractor* created = nullptr;
  Call(verger_extractor_create, &model, &options, &created);
  return ExtractorHandle(created);
}

void WarnIfDiskIsSmall(const Output& output, std::size_t photos, int dimension,
                       Progress& progress) {
  // Features stand in Preprocessing and, with the scores, in Results.
  const double needed = 2.0 * static_cast<double>(photos) * (4.0 * dimension + 300);
  const auto free = FreeBytes(output.folder());
  if (free && static_cast<double>(*free) < needed) {
    progress.Say(fmt::format("warning: {} has {} free, this run may need {}",
                             output.folder().string(), HumanBytes(static_cast<double>(*free)),
                             HumanBytes(needed)));
  }
}

// Does what the plan says is missing, part by part.
void DoPlanned(Output& output, const Plan& plan, const std::vector<Photo>& photos,
               const verger_model& model, const ExtractionOptions& options, PartWriter& writer,
               ExtractionSummary* summary, int dimension) {
  const int threads = options.threads > 0 ? options.threads : UsableThreads();
  Progress progress({"extract", ProgressUnit::kPhotos, photos.size(), options.progress});
  progress.SetBefore(photos.size() - plan.todo.size());
  WarnIfDiskIsSmall(output, plan.todo.size(), dimension, progress);
  const ExtractorHandle extractor = OpenExtractor(model, threads, options.batch_size);
  const auto batches = CutIntoBatches(plan.todo, photos, options.batch_size);
  SourceReader sources(output, plan.sources);
  const auto started = std::chrono::steady_clock::now();
  // While one worker waits for the engine the others read and decode; more would only crowd it.
  RunOrdered<std::vector<DonePhoto>>(
      batches.size(), std::max(2, threads),
      [&](std::size_t batch) {
        return DoPhotos(batches[batch], photos, plan.contents, *extractor);
      },
      [&](std::size_t, std::vector<DonePhoto> done) {
        std::uint64_t rejects = 0;
        for (DonePhoto& photo : done) {
          ++(photo.source || photo.known ? summary->reused : summary->extracted);
          rejects += photo.row.rejected() ? 1 : 0;
          const std::span<const float> features = photo.source
                                                      ? sources.Features(*photo.source)
                                                      : std::span<const float>(photo.features);
          writer.Add(std::move(photo.row), features);
        }
        progress.Add(done.size(), rejects);
        if (InterruptedBy() != 0) {
          writer.Flush();
          throw Interrupted(fmt::format(
              "interrupted: what is done is safe in {}; run the same command again to go on",
              output.folder().string()));
        }
      });
  writer.Flush();
  summary->seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  progress.Finish();
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

}  // namespace

int UsableThreads() {
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof(usable), &usable) == 0) return CPU_COUNT(&usable);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void KeepWithoutResults(Output& output, const Manifest& manifest) {
  if (!output.manifest() || !output.manifest()->reduction) output.Commit(manifest);
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

Extraction Extract(Output& output, const std::filesystem::path& folder, const verger_model& model,
                   const ModelIdentity& identity, const ExtractionOptions& options,
                   ExtractionSummary* summary) {
  const std::vector<Photo> photos = ListPhotos(folder, output.folder());
  if (photos.empty()) {
    throw Failure(Exit::kBadInput,
                  fmt::format("{}: no photos in it: they are files that end in .jpg, .png or .webp",
                              folder.string()));
  }
  Plan plan = MakePlan(output, photos, identity);
  summary->inputs = static_cast<std::int64_t>(photos.size());
  summary->reused = static_cast<std::int64_t>(photos.size() - plan.todo.size());
  summary->repaired = static_cast<std::int64_t>(plan.damaged.size());

  auto [moments, saved] = MomentsOfKept(output, plan, identity.dimension);
  PartWriter writer(output, identity, *moments);
  if (!plan.todo.empty()) {
    DoPlanned(output, plan, photos, model, options, writer, summary, identity.dimension);
  }

  Manifest manifest;
  manifest.photos = Printable(std::filesystem::weakly_canonical(folder).string());
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
  const bool changed = !saved || manifest.preprocessing != latest->preprocessing;
  if (!saved || !writer.parts().empty()) {
    LibraryBytes bytes;
    Call(verger_moments_save, moments.get(), bytes.out());
    manifest.moments = output.Publish(output.VersionedName("moments", "bin"), bytes.view());
  } else {
    manifest.moments = latest->moments;
  }
  return {std::move(manifest), std::move(moments), changed};
}

}  // namespace verger::cli
