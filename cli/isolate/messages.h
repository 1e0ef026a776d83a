// messages.h: what the program and a decoder process send each other.
//
// Two pipes carry messages of fixed size; photos and pixels are in memory that both map: pixels
// from its first byte, the photo from the next multiple of kAlignment. The program checks all that
// comes from a decoder, which may have been taken over by a photo.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "abi/verger.h"

namespace verger::cli {

// The hidden command of the program that is a decoder process; behind it two numbers: bytes of the
// memory that is mapped, and bytes that it may allocate.
inline constexpr const char* kDecoderCommand = "decode-photos-of-pipe";

// Open files of a decoder process. 0 to 2 are /dev/null.
inline constexpr int kAnswers = 3;
inline constexpr int kRequests = 4;
inline constexpr int kMemory = 5;

inline constexpr std::size_t kAlignment = 64;

constexpr std::size_t PhotoOffset(std::size_t pixel_bytes) {
  return (pixel_bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// The layers around a decoder process, as far as the system offers them: 0, or the errno that says
// why a layer is off. A process of its own it is always.
struct Layers {
  std::int32_t seccomp = 0;
  std::int32_t landlock = 0;
  std::int32_t rlimits = 0;
};

// The first message of a decoder process.
struct Hello {
  std::array<char, 16> version{};  // verger_version()
  Layers layers;
};

struct DecodeMessage {
  std::uint64_t number = 0;  // of the request, which its answer repeats
  std::uint64_t photo_bytes = 0;
  std::uint64_t pixel_bytes = 0;
  std::int64_t max_pixels = 0;
  std::int64_t max_bytes = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::array<char, 512> preset{};
};

struct Answer {
  std::uint64_t number = 0;
  std::int32_t status = 0;  // of verger_decode
  verger_error reason{};
  verger_error error{};
};

}  // namespace verger::cli
