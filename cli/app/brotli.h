// brotli.h: files as small as browsers can read them.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

inline constexpr int kBestBrotli = 11;

// `bytes` compressed; the same bytes for the same bytes.
//
// Requires: a quality from 0 to 11. Errors: Failure kFailed without memory.
// Cost:   at quality 11 about 1.5 s a MB and 200 MB of memory; at 5 about 30 ms a MB.
std::string CompressBrotli(std::string_view bytes, int quality = kBestBrotli);

}  // namespace verger::cli
