// text.h: numbers and names as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace verger::cli {

// Returns 94765736 as "94,765,736".
std::string WithCommas(std::uint64_t number);

// 1, "photo", "photos" -> "1 photo"; 1'014 -> "1,014 photos".
std::string Pluralize(std::int64_t count, const char* one, const char* many);

// Returns 94765736 as "94.8 MB": decimal units, as disks are sold.
std::string HumanBytes(double bytes);

// Returns 38 as "0:38", 3723 as "1:02:03", rounded to the second.
std::string HumanDuration(double seconds);

// Returns `text` with control characters and invalid UTF-8 as \xNN, so that a file's
// name can neither move the cursor nor break a line.
std::string Printable(std::string_view text);

// Returns the path of a photo, printable, and its label unless the path contains it.
std::string PathAndLabel(std::string_view path, std::string_view label);

// Returns `text` with the letters A to Z as a to z.
std::string ToLower(std::string_view text);

// Returns `text` as a field of CSV, quoted where it must be. Source: RFC 4180.
std::string CsvField(const std::string& text);

// Returns the columns that `text` takes on a terminal, by verger_display_width. Requires: printable
// text.
int Columns(std::string_view text);

}  // namespace verger::cli
