// error.h: how the program fails: one exception, one list of exit codes.
#pragma once

#include <stdexcept>
#include <string>

namespace verger::cli {

// What the program returns to the shell.
enum class Exit {
  kDone = 0,  // rejects, if any, are listed
  kFailed = 1,
  kUsage = 2,
  kTooManyRejects = 3,
  kBadInput = 4,  // photos or a model
  kStorage = 5,
  kInUse = 6,
  kRefused = 7,  // by the region guard
  kInterrupted = 130,
};

// Thrown anywhere in cli/, caught once in main, which prints what() after
// "verger: " and exits with exit(). The message names the thing at fault and the
// remedy; the code that detects the fault writes it, all callers above only pass it on.
class Failure : public std::runtime_error {
 public:
  Failure(Exit exit, const std::string& message) : std::runtime_error(message), exit_(exit) {}

  Exit exit() const { return exit_; }

 private:
  Exit exit_;
};

// Bytes that are not, or no longer, what they should be, and can be made again.
class Damaged : public Failure {
 public:
  explicit Damaged(const std::string& message) : Failure(Exit::kStorage, message) {}
};

}  // namespace verger::cli
