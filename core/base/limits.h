// limits.h: the largest that is taken of each thing.
#pragma once

#include <cstdint>

namespace verger {

inline constexpr std::int64_t kMaxPhotoBytes = std::int64_t{64} << 20;  // of an encoded photo
inline constexpr int kMaxBatch = 1024;                                  // photos the network sees
inline constexpr int kMaxDimension = 1 << 16;                           // numbers in features

}  // namespace verger
