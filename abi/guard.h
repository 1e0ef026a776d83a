// guard.h: where C++ ends. No exception and no C++ type goes past these functions.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "abi/verger.h"
#include "core/base/result.h"
#include "core/runs/printable.h"

namespace verger::abi {

inline verger_status Fail(verger_status status, std::string_view raw, verger_error* error) {
  if (error != nullptr) {
    // Names of files in it must not reach a terminal as they are.
    const std::string message = Printable(raw);
    std::size_t size = std::min(message.size(), sizeof(error->message) - 1);
    // Never cut a UTF-8 sequence in two.
    if (size < message.size()) {
      while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0) == 0x80) --size;
    }
    std::memcpy(error->message, message.data(), size);
    error->message[size] = '\0';
  }
  return status;
}

inline verger_status StatusOf(Code code) {
  switch (code) {
    case Code::kBadCall:
      return VERGER_BAD_CALL;
    case Code::kBadModel:
      return VERGER_BAD_MODEL;
    case Code::kBadFeatures:
      return VERGER_BAD_FEATURES;
    case Code::kBadOutput:
      return VERGER_BAD_OUTPUT;
    case Code::kNotOurs:
      return VERGER_NOT_OURS;
    case Code::kInUse:
      return VERGER_IN_USE;
    case Code::kRefused:
      return VERGER_REFUSED;
    case Code::kStopped:
      return VERGER_STOPPED;
    case Code::kBadPhoto:  // a row's error, never a call's
    case Code::kInternal:
      break;
  }
  return VERGER_INTERNAL;
}

// Runs `body`, which returns a Status, and turns whatever comes of it into a status and a message.
template <typename Body>
verger_status Guard(verger_error* error, Body&& body) noexcept {
  try {
    const Status status = body();
    if (status) return VERGER_OK;
    return Fail(StatusOf(status.error().code), status.error().message, error);
  } catch (const std::bad_alloc&) {
    return Fail(VERGER_INTERNAL, "out of memory", error);
  } catch (const std::exception& exception) {
    return Fail(VERGER_INTERNAL, exception.what(), error);
  } catch (...) {
    return Fail(VERGER_INTERNAL, "an error of unknown kind", error);
  }
}

// Copies the caller's options over the defaults, as much as the caller's version knows of them.
//
// Errors: kBadCall if struct_size was not set.
template <typename Options>
Result<Options> ReadOptions(const Options* argument) {
  Options options{};
  if (argument != nullptr) {
    if (argument->struct_size < sizeof(std::size_t)) {
      return Error{Code::kBadCall, "options: set struct_size to the size of the struct"};
    }
    std::memcpy(&options, argument, std::min(argument->struct_size, sizeof(Options)));
  }
  options.struct_size = sizeof(Options);
  return options;
}

inline Status Require(bool condition, const char* message) {
  if (!condition) return Error{Code::kBadCall, message};
  return Ok();
}

}  // namespace verger::abi
