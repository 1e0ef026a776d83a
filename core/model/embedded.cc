#include "core/model/embedded.h"

// Laid down by embedded_model.S.
#define VERGER_DECLARE(symbol)         \
  extern "C" const std::byte symbol[]; \
  extern "C" const std::byte symbol##_end[]
VERGER_DECLARE(verger_efficientnet_lite0);
VERGER_DECLARE(verger_efficientnet_lite1);
VERGER_DECLARE(verger_efficientnet_lite2);
VERGER_DECLARE(verger_calibration_lite0);
VERGER_DECLARE(verger_calibration_lite1);
VERGER_DECLARE(verger_calibration_lite2);

namespace verger {
namespace {

using Files = std::array<Bytes, kEmbeddedNames.size()>;

Bytes FileOf(const Files& files, std::string_view name) {
  for (std::size_t at = 0; at < files.size(); ++at) {
    if (kEmbeddedNames[at] == name) return files[at];
  }
  return {};
}

}  // namespace

Bytes EmbeddedFile(std::string_view name) {
  return FileOf({{{verger_efficientnet_lite0, verger_efficientnet_lite0_end},
                  {verger_efficientnet_lite1, verger_efficientnet_lite1_end},
                  {verger_efficientnet_lite2, verger_efficientnet_lite2_end}}},
                name);
}

Bytes EmbeddedCalibration(std::string_view name) {
  return FileOf({{{verger_calibration_lite0, verger_calibration_lite0_end},
                  {verger_calibration_lite1, verger_calibration_lite1_end},
                  {verger_calibration_lite2, verger_calibration_lite2_end}}},
                name);
}

}  // namespace verger
