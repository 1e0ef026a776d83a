// weight_storage.h: a layer's weights in fewer bits than float32, to be sent over a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// fp32 and fp16: as such. intN, N from 8 to 16: whole numbers of N bits times a step of each output
// channel, which is a bf16. They are computed in float32 whatever they are stored in.
enum class WeightStorage : std::uint32_t {
  kFp32,
  kFp16,
  kInt8,
  kInt10 = 4,
  kInt12 = 6,
  kInt16 = 10
};

// Errors: kBadCall, with what there is to choose from: fp32, fp16, int8, int9, ..., int16.
Result<WeightStorage> ReadWeightStorage(std::string_view name);

// Bytes that the weights of `channels` output channels, `length` numbers each, take.
std::size_t StoredBytes(WeightStorage storage, std::size_t channels, std::size_t length);

// Lays out weights: steps first, then for intN a plane of the upper 8 bits of each number and one
// of its lower bits, because a plane of each compresses better than numbers of N bits.
//
// Shape:    weights, `channels` rows of the same length. All finite.
// Requires: for fp16, no weight above 65,504.
std::string StoreWeights(WeightStorage storage, std::size_t channels,
                         std::span<const float> weights);

// The weights that are in `stored`.
//
// Requires: stored.size() == StoredBytes(storage, channels, length).
std::vector<float> LoadWeights(WeightStorage storage, std::size_t channels, std::size_t length,
                               Bytes stored);

}  // namespace verger
