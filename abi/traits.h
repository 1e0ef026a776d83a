// traits.h: traits of photos as columns.
#pragma once

#include <optional>
#include <vector>

#include "abi/arrow_write.h"
#include "core/image/traits.h"

namespace verger::abi {

// Adds lab_l, lab_a, lab_b, area and roundness, each null for rows without traits.
void AddTraits(const std::vector<std::optional<Traits>>& traits, std::vector<OutColumn>& columns);

}  // namespace verger::abi
