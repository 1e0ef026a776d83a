// cloud.h: the other program, verger-cloud.
#pragma once

#include <string>
#include <vector>

namespace verger::cli {

// Becomes verger-cloud, the one beside this program, else the one in PATH. Returns never.
// Errors: Failure kUsage if it is not installed, kFailed if it cannot be started.
void BecomeVergerCloud(const std::vector<std::string>& arguments);

}  // namespace verger::cli
