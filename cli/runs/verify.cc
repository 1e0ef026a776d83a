#include "cli/runs/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/runs/part_writer.h"
#include "cli/tables/parquet_file.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

class Verifier {
 public:
  Verifier(const Output& output, ProgressMode mode)
      : output_(output),
        manifest_(output.Extracted()),
        progress_({"verify", ProgressUnit::kBytes, TotalBytes(manifest_), mode}) {}

  Verification Run() {
    for (const PartEntry& part : manifest_.preprocessing) {
      Check(part.file, [&](const std::string& bytes) { CheckPhotos(part, bytes); });
    }
    if (found_.problems.empty()) CheckRejects();
    Check(manifest_.moments, [](const std::string&) {});
    if (manifest_.reduction) CheckReduction(*manifest_.reduction);
    LookForOthers(kPreprocessing);
    LookForOthers(kResults);
    progress_.Finish();
    return std::move(found_);
  }

 private:
  static std::uint64_t TotalBytes(const Manifest& manifest) {
    std::uint64_t bytes = manifest.moments.bytes;
    for (const PartEntry& part : manifest.preprocessing) bytes += part.file.bytes;
    if (manifest.reduction) {
      bytes += manifest.reduction->pca.bytes;
      for (const ResultEntry& result : manifest.reduction->results) bytes += result.part.file.bytes;
    }
    return bytes;
  }

  void Report(const std::string& name, const std::string& problem) {
    found_.problems.push_back(fmt::format("{}: {}", name, problem));
  }

  // Calls `check` with the file's bytes if they are the ones that were written.
  template <typename CheckBytes>
  void Check(const FileEntry& file, CheckBytes check) {
    ++found_.files;
    names_.insert(file.name);
    try {
      check(output_.Read(file));
    } catch (const Failure& failure) {
      found_.problems.emplace_back(failure.what());
    }
    progress_.Add(file.bytes);
  }

  void CheckPhotos(const PartEntry& part, const std::string& bytes) {
    const std::vector<PhotoRow> rows = DecodePhotoRows(bytes, part.file.name);
    for (const PhotoRow& row : rows) {
      if (row.rejected()) rejects_.push_back({row.path, row.error});
      if (!paths_.insert(row.path).second) {
        Report(part.file.name, "a second row of " + row.path);
      }
    }
    const PartEntry entry = EntryOf(part.file, rows);
    if (entry.rows != part.rows || entry.rejects != part.rejects) {
      Report(part.file.name, "not as many rows and rejects as the manifest says");
    }
    const bool ranged = !part.last.empty();  // the first path may be ""
    if (ranged && (entry.first != part.first || entry.last != part.last)) {
      Report(part.file.name,
             "its rows are not in order from the first to the last that the "
             "manifest names");
    }
  }

  // The manifest lists the first of them.
  void CheckRejects() {
    std::sort(rejects_.begin(), rejects_.end(),
              [](const Reject& a, const Reject& b) { return a.path < b.path; });
    if (manifest_.rejects.size() > rejects_.size() ||
        !std::equal(manifest_.rejects.begin(), manifest_.rejects.end(), rejects_.begin())) {
      Report("manifest", "lists other rejects than its parts have");
    }
  }

  void CheckReduction(const Reduction& reduction) {
    std::set<std::string> sources;
    for (const PartEntry& part : manifest_.preprocessing) {
      if (part.rows > 0) sources.insert(part.file.sha256);
    }
    Check(reduction.pca, [&](const std::string& document) { CheckPca(reduction, document); });
    std::int64_t rows = 0;
    for (const ResultEntry& result : reduction.results) {
      rows += result.part.rows;
      if (sources.erase(result.source) == 0) {
        Report(result.part.file.name, "projects features that are not in Preprocessing");
      }
      Check(result.part.file, [&](const std::string& bytes) {
        RequireResults(bytes, result.part.file.name);
        if (ReadParquetShape(AsFile(bytes), result.part.file.name).rows != result.part.rows) {
          Report(result.part.file.name, "not as many rows as the manifest says");
        }
      });
    }
    if (rows != manifest_.rows() || !sources.empty()) {
      Report(kResults, fmt::format("{} rows, Preprocessing has {}", rows, manifest_.rows()));
    }
  }

  void CheckPca(const Reduction& reduction, const std::string& document) {
    const auto json = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
    const auto model = json.value("model", nlohmann::json::object());
    if (model.value("sha256", "") != manifest_.model.sha256 ||
        model.value("preset", "") != manifest_.model.identity) {
      Report(reduction.pca.name, "was fitted to features of another model");
    }
    const auto shown = output_.place().ReadIfPresent(kPcaDocument);
    if (shown != document) Report(kPcaDocument, "not the PCA of these Results: run again");
  }

  void LookForOthers(const char* kind) {
    for (const std::string& name : output_.place().List(kind)) {
      if (name.starts_with('.') || name.starts_with('_')) continue;
      const std::string whole = fmt::format("{}/{}", kind, name);
      if (!names_.contains(whole)) {
        Report(whole, "not part of this output: a run under way, or a file of someone else's");
      }
    }
  }

  const Output& output_;
  const Manifest& manifest_;
  Progress progress_;
  Verification found_;
  std::set<std::string> names_;
  std::vector<Reject> rejects_;  // of all parts
  std::unordered_set<std::string> paths_;
};

}  // namespace

Verification Verify(const Output& output, ProgressMode progress) {
  return Verifier(output, progress).Run();
}

}  // namespace verger::cli
