// report.h: the page that shows an output to people.
#pragma once

#include <memory>
#include <string>

#include "abi/verger.h"
#include "cli/base/progress.h"
#include "cli/runs/output.h"
#include "cli/storage/place.h"

namespace verger::cli {

struct ReportOptions {
  const Place* photos = nullptr;  // for thumbnails; null: there are none
  std::string facts;              // of the run that just ended, for verger_report_create; "": none
  std::string evaluation;         // JSON of `verger evaluate`; "": none
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
  verger_decoder decoder{};  // of thumbnails, as in ExtractorSettings
};

// Below OUT.
std::string ReportName();

// The page of the latest version. Photos that cannot be read any more have no thumbnail;
// `warning` names what else is missing.
//
// Cost:   reads all parts but their features, and as many photos as verger_report_thumbnail_photos.
// Errors: Failure kStorage for damaged parts; Interrupted.
std::string MakeReport(const Output& output, const ReportOptions& options, std::string* warning);

}  // namespace verger::cli
