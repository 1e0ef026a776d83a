// sha256.h: the identity of bytes.
#pragma once

#include <array>
#include <string>

#include "core/base/bytes.h"

namespace verger {

// Returns the SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
//
// Cost:   about 1 ms a MiB without the processor's SHA instructions, a third of it with.
// Source: FIPS 180-4, by OpenSSL.
std::string Sha256(Bytes bytes);

// The same digits, for callers that must not throw.
std::array<char, 64> Sha256Digits(Bytes bytes) noexcept;

}  // namespace verger
