// model_choice.h: how a later run extracts like the rows that are there.
#pragma once

#include <string>
#include <string_view>

#include "core/runs/manifest.h"

namespace verger {

// What a run asks of a network beside its name; "": it does not say.
struct ModelChoice {
  std::string preset;
  std::string precision;
  std::string calibration;  // of int8, in base64
};

// `asked`, and what it does not say of precision, input size ("size=") and decoding ("decode=") as
// the output's rows have it, if they are of the network whose file has this digest. int8 has their
// calibration too.
ModelChoice LikeRows(ModelChoice asked, const ModelIdentity& rows, std::string_view sha256);

}  // namespace verger
