// What is true of the library as a whole.
#include <cstring>
#include <string>

#include "abi/bytes.h"
#include "abi/verger.h"
#include "core/base/sha256.h"
#include "core/model/preset.h"

extern "C" {

const char* verger_version(void) { return VERGER_VERSION; }

const char* verger_presets(void) {
  static const std::string names = [] {
    std::string joined;
    for (const std::string& name : verger::PresetNames()) {
      joined += joined.empty() ? name : "," + name;
    }
    return joined;
  }();
  return names.c_str();
}

void verger_sha256(const void* data, size_t size, char hex[65]) {
  const std::string digest = verger::Sha256(verger::abi::AsBytes(data, size));
  std::memcpy(hex, digest.c_str(), digest.size() + 1);
}

void verger_bytes_free(verger_bytes bytes) { delete[] bytes.data; }

}  // extern "C"
