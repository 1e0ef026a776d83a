// seal.h: corrects the checksums of mutated files, so that what lies behind them is reached too.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace verger::fuzz {

// `file` with its last `digits` bytes replaced by as many digits of the SHA-256 of all before them.
std::string SealAtEnd(Bytes file, std::size_t digits);

// `file` with the CRC-32 behind `magic` corrected.
std::string SealFlat(std::string_view magic, Bytes file);

// `file` with the metadata's "sha256" of a safetensors file corrected; as it is where it is none.
std::string SealSafeTensors(Bytes file);

}  // namespace verger::fuzz
