#include "cli/base/limits.h"

#include "cli/base/library.h"

namespace verger::cli {

const verger_limits& Limits() {
  static const verger_limits limits = [] {
    verger_limits asked{};
    asked.struct_size = sizeof(asked);
    Call(verger_limits_get, &asked);
    return asked;
  }();
  return limits;
}

}  // namespace verger::cli
