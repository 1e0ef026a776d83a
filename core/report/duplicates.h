// duplicates.h: which of many duplicates a page shows.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace verger {

inline constexpr std::string_view kDuplicates = "duplicates";

// Of what `verger duplicates --json` says, a few groups of equal photos, and pairs that are near:
// across labels first, for one of those labels is likely wrong. Adds how many groups there are
// (`equal_groups`, `equal_across_labels`). What is not as expected is left out.
nlohmann::ordered_json ChooseDuplicates(const nlohmann::ordered_json& duplicates);

}  // namespace verger
