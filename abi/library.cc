// What is true of the library as a whole.
#include <array>
#include <cstring>

#include "abi/bytes.h"
#include "abi/verger.h"
#include "core/base/sha256.h"
#include "core/model/preset.h"

extern "C" {

const char* verger_version(void) { return VERGER_VERSION; }

const char* verger_presets(void) { return verger::kPresetNames; }

void verger_sha256(const void* data, size_t size, char hex[65]) {
  const std::array<char, 64> digits = verger::Sha256Digits(verger::abi::AsBytes(data, size));
  std::memcpy(hex, digits.data(), digits.size());
  hex[digits.size()] = '\0';
}

void verger_bytes_free(verger_bytes bytes) { delete[] bytes.data; }

}  // extern "C"
