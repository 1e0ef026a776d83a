// limits.h: the largest that is taken of each thing.
#pragma once

#include <cstdint>

namespace verger {

inline constexpr int kMaxBatch = 1024;         // photos the network sees
inline constexpr int kMaxDimension = 1 << 16;  // numbers in features

// Of a photo, where nothing else is asked for: the largest that phones take, 200 megapixels, and
// room for it as a JPEG of best quality.
inline constexpr std::int64_t kMaxPhotoPixels = std::int64_t{16384} * 12288;
inline constexpr std::int64_t kMaxPhotoBytes = std::int64_t{128} << 20;
// The most that may be asked for.
inline constexpr std::int64_t kMostPhotoPixels = std::int64_t{1} << 29;
inline constexpr std::int64_t kMostPhotoBytes = std::int64_t{1} << 30;

}  // namespace verger
