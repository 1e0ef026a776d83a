// limits.h: how much a run processes at a time; see verger_limits.
#pragma once

#include "abi/verger.h"

namespace verger::cli {

const verger_limits& Limits();

}  // namespace verger::cli
