#include "cli/base/limits.h"

#include "cli/base/library.h"

namespace verger::cli {

const verger_limits& Limits() {
  static const verger_limits limits = [] {
    verger_limits values{};
    values.struct_size = sizeof(values);
    Call(verger_limits_get, &values);
    return values;
  }();
  return limits;
}

}  // namespace verger::cli
