// precision.h: the numbers that a network is computed in.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace verger {

// fp32: as the network was trained. bf16: 16 bits of floating point, on processors that have it.
// int8: weights of 7 bits and activations of 8, the same features on every processor.
enum class Precision { kFp32, kBf16, kInt8 };

// "fp32", "bf16" or "int8".
std::string_view NameOf(Precision precision);

// Errors: kBadCall, with what there is to choose from.
Result<Precision> ReadPrecision(std::string_view name);

// Whether the engine computes in bf16 on this processor, rather than imitate it slowly.
bool HasBf16();

}  // namespace verger
