// numbers.h: numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace verger {

// 94765736 -> "94,765,736".
std::string WithCommas(std::uint64_t number);

// 1, "photo", "photos" -> "1 photo"; 1'014 -> "1,014 photos".
std::string Pluralize(std::int64_t count, std::string_view one, std::string_view many);

// In decimal units, as disks are sold: 94765736 -> "94.8 MB".
std::string HumanBytes(double bytes);

}  // namespace verger
