// What is true of the library as a whole.
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/verger.h"
#include "core/base/cpu_quota.h"
#include "core/base/sha256.h"
#include "core/model/embedded.h"
#include "core/model/preset.h"
#include "core/model/sources.h"

extern "C" {

const char* verger_version(void) { return VERGER_VERSION; }

const char* verger_presets(void) { return verger::kPresetNames; }

const char* verger_embedded_models(void) {
  static const std::string names = fmt::format("{}", fmt::join(verger::kEmbeddedNames, ","));
  return names.c_str();
}

const char* verger_model_sources(void) { return verger::kModelSources; }

void verger_sha256(const void* data, size_t size, char hex[65]) {
  const std::array<char, 64> digits = verger::Sha256Digits(verger::abi::AsBytes(data, size));
  std::memcpy(hex, digits.data(), digits.size());
  hex[digits.size()] = '\0';
}

verger_status verger_cgroup_folders(verger_text cgroups, verger_text mounts, verger_bytes* folders,
                                    verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(folders != nullptr, "verger_cgroup_folders: folders must not be NULL"));
    std::string lines;
    for (const std::string& folder :
         CgroupFolders({cgroups.data, cgroups.size}, {mounts.data, mounts.size})) {
      lines += folder + "\n";
    }
    *folders = abi::HandOut(lines.data(), lines.size());
    return Ok();
  });
}

int32_t verger_usable_threads(int32_t affinity, verger_text quotas) {
  return verger::UsableThreads(affinity, {quotas.data, quotas.size});
}

void verger_bytes_free(verger_bytes bytes) { delete[] bytes.data; }

}  // extern "C"
