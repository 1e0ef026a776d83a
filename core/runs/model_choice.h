// model_choice.h: which settings a later run takes from existing rows.
#pragma once

#include <string>
#include <string_view>

#include "core/runs/manifest.h"

namespace verger {

// Settings of a run beside the name of its network; "": not set.
struct ModelChoice {
  std::string preset;
  std::string precision;
  std::string calibration;  // of int8, in base64
};

// `asked`, completed by the precision, input size ("size="), decoding ("decode=") and views
// ("views=") of the output's rows, if they are of the network whose file has this digest. int8 gets
// their calibration too.
ModelChoice LikeRows(ModelChoice request, const ModelIdentity& rows, std::string_view sha256);

}  // namespace verger
