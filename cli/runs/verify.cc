#include "cli/runs/verify.h"

#include <fmt/format.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/runs/contents.h"
#include "cli/tables/parquet_file.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

class Verifier {
 public:
  Verifier(const Output& output, ProgressMode mode)
      : output_(output),
        manifest_(output.Extracted()),
        progress_({"verify", ProgressUnit::kBytes, TotalBytes(manifest_), mode}),
        paths_(static_cast<std::size_t>(manifest_.inputs())) {}

  Verification Run() {
    std::int64_t rejects = 0;
    for (const PartEntry& part : manifest_.preprocessing) {
      rejects += part.rejects;
      Check(part.file, [&](const std::string& bytes) { CheckPhotos(part, bytes); });
    }
    if (rejects != static_cast<std::int64_t>(manifest_.rejects.size())) {
      Report("manifest",
             fmt::format("lists {} rejects, its parts have {}", manifest_.rejects.size(), rejects));
    }
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
    std::int64_t rejects = 0;
    const std::vector<PhotoRow> rows = DecodePhotoRows(bytes, part.file.name);
    for (const PhotoRow& row : rows) {
      rejects += row.rejected() ? 1 : 0;
      if (!paths_.Add(KeyOf(Sha256Hex(row.path)), {}))
        Report(part.file.name, "a second row of " + row.path);
    }
    if (rejects != part.rejects || static_cast<std::int64_t>(rows.size()) != part.rows + rejects) {
      Report(part.file.name, "not as many rows and rejects as the manifest says");
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
  ContentTable paths_;  // of their SHA-256
};

}  // namespace

Verification Verify(const Output& output, ProgressMode progress) {
  return Verifier(output, progress).Run();
}

}  // namespace verger::cli
