// make_report.h: report.html, made at the end of a run or again.
#pragma once

#include <cstddef>
#include <string>

#include "cli/base/progress.h"
#include "cli/runs/output.h"
#include "cli/runs/report.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

// Makes the page of the latest version and puts it into the output. A failure costs only the page:
// it is a warning on stderr. Errors: Interrupted.
void PublishReportOrWarn(const Output& output, const ReportOptions& options);

// How to make the page of an output outside a run.
struct AgainOptions {
  std::string photos;      // where they are; "": where the manifest has them from
  std::string evaluation;  // JSON of `verger evaluate`; "": none
  S3Options s3;
  int threads = 0;  // 0: as many as can be used
  ProgressMode progress = ProgressMode::kAuto;
};

// Makes the page of the latest version again, puts it into the output, which is open for writing,
// and returns its bytes. Photos that cannot be found cost a warning and the thumbnails.
// Errors: as MakeReport; Failure of a bucket that refuses a region; kStorage.
std::size_t PublishReportAgain(const Output& output, const AgainOptions& options);

}  // namespace verger::cli
