// page.h: report.html around what it shows.
#pragma once

#include <string>

#include "core/report/data.h"

namespace verger {

// One HTML file, which lets no script run but its own: a policy names that by its hash, nothing is
// fetched, and data stands in elements that are never run, without a '<'.
std::string MakePage(const ReportBlocks& blocks);

}  // namespace verger
