#include "core/model/engine.h"

namespace verger {

ov::Core& Engine() {
  static ov::Core* const core = new ov::Core;
  return *core;
}

}  // namespace verger
