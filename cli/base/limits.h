// limits.h: how much a run takes at a time; verger.h says of what.
#pragma once

#include "abi/verger.h"

namespace verger::cli {

const verger_limits& Limits();

}  // namespace verger::cli
