// result.h: a value, or the reason why there is none.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace verger {

// Whose fault it was. Two groups: the call, and the data.
enum class Code {
  // Your call.
  kBadCall,   // an argument that no data could make right
  kInternal,  // ours: a library refused what it should have taken
  // Your data.
  kBadPhoto,     // bytes that are no photo we can decode
  kBadModel,     // bytes that are no network we can run
  kBadFeatures,  // feature vectors that no PCA can be fitted to
  kBadOutput,    // files of an output that are not what was written
  kNotOurs,      // files in an output that verger did not write
  kInUse,        // another run writes to the output
  kRefused,      // a bucket in a region that is not allowed
  kStopped,      // by the progress of the call
};

// `message` names the thing at fault and the remedy. The code that detects an error
// writes it; all callers above only pass it on.
struct Error {
  Code code;
  std::string message;
};

// A subset of C++23's std::expected<T, Error>, by the same names.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Requires: has_value().
  T& value() & { return *std::get_if<0>(&Checked()); }
  const T& value() const& { return *std::get_if<0>(&Checked()); }
  T&& value() && { return std::move(*std::get_if<0>(&Checked())); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !has_value().
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error>& Checked() {
    assert(has_value());
    return state_;
  }
  const std::variant<T, Error>& Checked() const {
    assert(has_value());
    return state_;
  }

  std::variant<T, Error> state_;
};

// What a function returns that has nothing to give but may fail.
using Status = Result<std::monostate>;
inline Status Ok() { return std::monostate{}; }

}  // namespace verger

// Passes an error on to the caller, or goes on with the value.
#define VERGER_CONCAT_(a, b) a##b
#define VERGER_CONCAT(a, b) VERGER_CONCAT_(a, b)
#define VERGER_RETURN_IF_ERROR(expression)     \
  do {                                         \
    if (auto status = (expression); !status) { \
      return std::move(status).error();        \
    }                                          \
  } while (false)
#define VERGER_ASSIGN_OR_RETURN(declaration, expression)        \
  auto VERGER_CONCAT(result_, __LINE__) = (expression);         \
  if (!VERGER_CONCAT(result_, __LINE__)) {                      \
    return std::move(VERGER_CONCAT(result_, __LINE__)).error(); \
  }                                                             \
  declaration = *std::move(VERGER_CONCAT(result_, __LINE__))
