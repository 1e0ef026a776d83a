// text.h: numbers and names as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace verger::cli {

// 94765736 -> "94,765,736".
std::string WithCommas(std::uint64_t number);

// 1, "photo", "photos" -> "1 photo"; 1'014 -> "1,014 photos".
std::string Counted(std::int64_t count, const char* one, const char* many);

// In decimal units, as disks are sold: 94765736 -> "94.8 MB".
std::string HumanBytes(double bytes);

// 38 -> "0:38", 3723 -> "1:02:03". Rounded to the second.
std::string HumanDuration(double seconds);

// `text` with control characters and invalid UTF-8 shown as \xNN, so that a file's
// name can neither move the cursor nor break a line.
std::string Printable(std::string_view text);

// Columns that `text` takes on a terminal. Requires: no wide or combining characters.
int Columns(std::string_view text);

}  // namespace verger::cli
