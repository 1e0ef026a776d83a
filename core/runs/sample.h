// sample.h: which photos stand for all of them.
#pragma once

#include <cstdint>
#include <string_view>

namespace verger {

// A photo's place in the queue for a sample: the photos of least rank are taken. It depends on the
// path alone, so program and cluster take the same photos, and those that are added to a folder
// change little; it has nothing to do with the order of names, by which labels stand together.
//
// Source: the first 8 bytes of the path's SHA-256, most significant first.
std::uint64_t SampleRank(std::string_view path) noexcept;

}  // namespace verger
