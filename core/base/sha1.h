// sha1.h: names that other programs made of a text's SHA-1.
#pragma once

#include <string>
#include <string_view>

namespace verger {

// 40 lower-case hexadecimal digits. For names only: SHA-1 keeps nothing safe.
//
// Source: FIPS 180-4, by OpenSSL.
std::string Sha1(std::string_view text);

}  // namespace verger
