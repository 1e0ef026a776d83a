#include "app/engine/memory.h"

#include <cstdlib>
#include <string>

namespace verger::app {
namespace {

std::string& Message() {
  static std::string message;
  return message;
}

}  // namespace

int Report(const Status& status) {
  if (status) return 1;
  Message() = status.error().message;
  return 0;
}

// Room for bytes that JavaScript writes or reads; 0 if there is none.
VERGER_WASM_EXPORT("allocate") void* VergerAllocate(std::size_t bytes) {
  return std::malloc(bytes);
}

VERGER_WASM_EXPORT("release") void VergerRelease(void* bytes) { std::free(bytes); }

// Why the last call that returned 0 failed, with a 0 at its end.
VERGER_WASM_EXPORT("error_message") const char* VergerErrorMessage() { return Message().c_str(); }

}  // namespace verger::app
