// manifest_json.h: pieces of a manifest that stand in other documents as well.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/runs/manifest.h"

namespace verger {

nlohmann::ordered_json JsonOf(const std::vector<PartEntry>& parts);
nlohmann::ordered_json JsonOf(const std::vector<Reject>& rejects);

}  // namespace verger
