#include "core/model/embedded.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <mutex>

#include "core/model/network_package.h"

// Laid down by embedded_model.S; a network that the library does not carry has the size 0 there.
#define VERGER_DECLARE(symbol)         \
  extern "C" const std::byte symbol[]; \
  extern "C" const std::uint64_t symbol##_size
VERGER_DECLARE(verger_efficientnet_lite0);
VERGER_DECLARE(verger_efficientnet_lite1);
VERGER_DECLARE(verger_efficientnet_lite2);
VERGER_DECLARE(verger_calibration_lite0);
VERGER_DECLARE(verger_calibration_lite1);
VERGER_DECLARE(verger_calibration_lite2);

namespace verger {
namespace {

using Files = std::array<Bytes, kEmbeddedNames.size()>;

// Outputs have them: a network that changes gets another name.
constexpr std::array<std::string_view, kEmbeddedNames.size()> kSha256 = {
    "4deb15cb2043720630251ab0c2c51f37a83a45b3a2df5d89018b54aea1e9b2fa",
    "aa2c4a7a843cf13a7b4f7067975fda8a42cf1f8d33d37f514533580ab1a9df81",
    "e4462b2431adf6a0996f907cbb9b08223d216a4fba5c7cf24460ea613f4bdd6f"};

// Past the last for another name.
std::size_t IndexOf(std::string_view name) {
  std::size_t at = 0;
  while (at < kEmbeddedNames.size() && kEmbeddedNames[at] != name) ++at;
  return at;
}

}  // namespace

Result<Bytes> EmbeddedFile(std::string_view name) {
  const std::size_t at = IndexOf(name);
  if (at == kEmbeddedNames.size()) {
    return Error{Code::kBadCall, fmt::format("there is no network \"{}\" in the library: give one "
                                             "of: {}",
                                             name, fmt::join(kEmbeddedNames, ", "))};
  }
  static std::mutex mutex;
  static Files files = {{{verger_efficientnet_lite0, verger_efficientnet_lite0_size},
                         {verger_efficientnet_lite1, verger_efficientnet_lite1_size},
                         {verger_efficientnet_lite2, verger_efficientnet_lite2_size}}};
  const std::lock_guard lock(mutex);
  if (files[at].empty()) {
    VERGER_ASSIGN_OR_RETURN(files[at], MapNetwork(NetworkFolder(), name, kSha256[at]));
  }
  return files[at];
}

Bytes EmbeddedCalibration(std::string_view name) {
  const std::size_t at = IndexOf(name);
  if (at == kEmbeddedNames.size()) return {};
  return Files{{{verger_calibration_lite0, verger_calibration_lite0_size},
                {verger_calibration_lite1, verger_calibration_lite1_size},
                {verger_calibration_lite2, verger_calibration_lite2_size}}}[at];
}

}  // namespace verger
