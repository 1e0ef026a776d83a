// byte_budget.h: the memory that all bodies take together.
#pragma once

#include <cstddef>

namespace verger::cli {

// Not safe from many threads.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t most) : most_(most) {}

  // False, and takes nothing, if the budget does not suffice.
  bool Take(std::size_t bytes) {
    if (bytes > most_ - used_) return false;
    used_ += bytes;
    return true;
  }
  void GiveBack(std::size_t bytes) { used_ -= bytes; }

  std::size_t used() const { return used_; }

 private:
  std::size_t most_;
  std::size_t used_ = 0;
};

}  // namespace verger::cli
