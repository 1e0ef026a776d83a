// memory.h: what the engine's module exchanges with JavaScript.
#pragma once

#include "core/base/result.h"

// A function that JavaScript calls by this name. Numbers and addresses only.
#define VERGER_WASM_EXPORT(name) extern "C" __attribute__((export_name(name)))

namespace verger::app {

// 1, or 0 after keeping the message for `error_message`.
int Report(const Status& status);

}  // namespace verger::app
