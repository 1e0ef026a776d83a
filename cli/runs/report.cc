#include "cli/runs/report.h"

#include <arrow/record_batch.h>
#include <fmt/core.h>

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "abi/verger.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/ordered.h"
#include "cli/engine/handles.h"
#include "cli/runs/duplicates.h"
#include "cli/runs/free_memory.h"
#include "cli/runs/plan.h"
#include "cli/runs/thumbnail_photos.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using ReportHandle = std::unique_ptr<verger_report, FreeBy<verger_report_free>>;

std::string Interruption() {
  return fmt::format(
      "interrupted: the output is complete, but {} was not written: run verger report",
      ReportName());
}

ReportHandle CreateReport(const Output& output, const ReportOptions& report_options) {
  const Manifest& manifest = output.Extracted();
  verger_report_options options{};
  options.struct_size = sizeof(options);
  options.version = output.state().version;
  options.facts = Borrowed(report_options.facts);
  options.decoder = report_options.decoder;
  const std::string pca = manifest.reduction ? output.Read(manifest.reduction->pca) : "";
  verger_report* report = nullptr;
  Call(verger_report_create, Borrowed(output.state().manifest), Borrowed(pca), &options, &report);
  return ReportHandle(report);
}

// Rows and scores of one part.
struct PartTables {
  Batch rows;
  Batch scores;  // null if it has none
};

class Reporter {
 public:
  Reporter(const Output& output, const ReportOptions& options)
      : output_(output),
        options_(options),
        manifest_(output.Extracted()),
        report_(CreateReport(output, options)) {}

  std::string Make(std::string* warning) {
    AddParts();
    GiveFreeMemoryBack();
    AddSections();
    GiveFreeMemoryBack();
    *warning = AddPhotos();
    GiveFreeMemoryBack();
    return TextOf(verger_report_finish, report_.get());
  }

 private:
  std::string PathOf(const FileEntry& file) const { return output_.place().PathOf(file.name); }

  PartTables ReadPart(const PartEntry& part) const {
    PartTables tables{DecodePhotoColumns(output_.OpenFile(part.file), PathOf(part.file)), nullptr};
    const auto result = results_.find(part.file.sha256);
    if (result != results_.end()) {
      tables.scores = DecodeScores(output_.OpenFile(*result->second), PathOf(*result->second));
    }
    return tables;
  }

  void AddParts() {
    if (manifest_.reduction) {
      for (const ResultEntry& result : manifest_.reduction->results) {
        results_.emplace(result.source, &result.part.file);
      }
    }
    const std::vector<PartEntry>& parts = manifest_.preprocessing;
    Progress progress({"report", ProgressUnit::kPhotos,
                       static_cast<std::uint64_t>(manifest_.inputs()), options_.progress});
    RunOrdered<PartTables>(
        parts.size(), kReadersOfParts, [&](std::size_t part) { return ReadPart(parts[part]); },
        [&](std::size_t part, const PartTables& tables) {
          ThrowIfInterrupted(Interruption());
          const ExportedBatch rows(*tables.rows);
          if (tables.scores) {
            const ExportedBatch scores(*tables.scores);
            Call(verger_report_add_part, report_.get(), Borrowed(parts[part].file.name),
                 rows.array(), rows.schema(), scores.array(), scores.schema());
          } else {
            Call(verger_report_add_part, report_.get(), Borrowed(parts[part].file.name),
                 rows.array(), rows.schema(), nullptr, nullptr);
          }
          progress.Add(static_cast<std::uint64_t>(tables.rows->num_rows()));
        });
    progress.Finish();
  }

  void AddSections() {
    verger_duplicates_options request{};
    request.struct_size = sizeof(request);
    if (verger_report_needs_duplicates(report_.get(), &request) != 0) {
      DuplicatesOptions settings;
      if (request.near_pairs != 0) settings.within = request.within;
      settings.most = static_cast<std::size_t>(request.most);
      settings.progress = ProgressMode::kNever;
      AddSection("duplicates", FindDuplicates(output_, settings));
    }
    if (!options_.evaluation.empty()) AddSection("evaluation", options_.evaluation);
  }

  void AddSection(const char* name, std::string_view json) {
    Call(verger_report_add_section, report_.get(), name, Borrowed(json));
  }

  std::string AddPhotos() {
    const Batch photos = ImportBatch(verger_report_thumbnail_photos, report_.get());
    return ReadThumbnailPhotos(
        PhotosOf(*photos), {options_.photos, options_.threads, options_.progress, Interruption()},
        [&](const ExportedBatch& batch) {
          Call(verger_report_add_photos, report_.get(), batch.array(), batch.schema());
        });
  }

  const Output& output_;
  const ReportOptions& options_;
  const Manifest& manifest_;
  const ReportHandle report_;
  std::map<std::string, const FileEntry*> results_;  // by their source
};

}  // namespace

std::string ReportName() { return verger_report_name(); }

std::string MakeReport(const Output& output, const ReportOptions& options, std::string* warning) {
  return Reporter(output, options).Make(warning);
}

}  // namespace verger::cli
