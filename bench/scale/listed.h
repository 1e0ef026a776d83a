// listed.h: photos of a generated listing, and the figures that a bench of planning prints.
//
// Knows nothing of Verger: plan_bench.cc and plan_before.cc plan the same photos.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

namespace verger::bench {

constexpr std::int64_t kLabels = 63;

// fmt would take as long as the plan.
template <std::size_t kCount>
std::string Digits(std::int64_t number) {
  std::string digits(kCount, '0');
  for (std::size_t digit = kCount; digit-- > 0; number /= 10) {
    digits[digit] = static_cast<char>('0' + number % 10);
  }
  return digits;
}

// The number `number` of `count` photos; numbers ascend as paths do.
struct Photo {
  std::string label;
  std::string path;
  std::int64_t size = 0;
  std::int64_t modified = 0;
};

// `added`: a photo that sorts directly after it.
inline Photo PhotoOf(std::int64_t number, std::int64_t count, bool added = false) {
  Photo photo;
  photo.label = "Apple Golden " + Digits<2>(number * kLabels / count);
  photo.path.reserve(48);
  photo.path.append(photo.label).append("/r0_").append(Digits<9>(number));
  photo.path.append(added ? "_100_new.jpg" : "_100.jpg");
  photo.size = 3000 + number * 7919 % 5003;
  photo.modified = 1'700'000'000'000'000 + number;
  return photo;
}

// Digits as random as a SHA-256's (splitmix64).
inline std::string Sha256Of(std::int64_t number) {
  std::string digits;
  for (std::uint64_t word = 0; word < 4; ++word) {
    std::uint64_t mixed = (4 * static_cast<std::uint64_t>(number) + word + 1) * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    digits += fmt::format("{:016x}", mixed ^ (mixed >> 31));
  }
  return digits;
}

// A listing of `count` photos, and a new one after every `one_in`-th; 0: nothing new.
class Listed {
 public:
  Listed(std::int64_t count, std::int64_t one_in) : count_(count), one_in_(one_in) {}

  bool Next(Photo* photo) {
    if (next_ == count_) return false;
    *photo = PhotoOf(next_, count_, add_);
    const bool more = !add_ && one_in_ > 0 && next_ % one_in_ == 0;
    add_ = more;
    if (!more) ++next_;
    return true;
  }

 private:
  const std::int64_t count_;
  const std::int64_t one_in_;
  std::int64_t next_ = 0;
  bool add_ = false;
};

// The peak memory of this process, in bytes.
inline std::int64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  std::int64_t kilobytes = 0;
  status >> kilobytes;
  return kilobytes * 1024;
}

// The command line: make OUT COUNT DIMENSION PART_ROWS, or plan OUT COUNT DIMENSION ONE_IN.
struct Options {
  bool make = false;
  std::string out;
  std::int64_t count = 0;
  int dimension = 0;
  std::int64_t number = 0;  // PART_ROWS or ONE_IN
};

inline bool Read(int argc, char** argv, Options* options) {
  if (argc != 6) return false;
  const std::string verb = argv[1];
  *options = {verb == "make", argv[2], std::atoll(argv[3]), std::atoi(argv[4]),
              std::atoll(argv[5])};
  return (options->make || verb == "plan") && options->count > 0 && options->dimension > 0;
}

class Watch {
 public:
  // Prints one line of JSON.
  void Print(std::size_t kept_parts, std::size_t replaced, std::int64_t todo) const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
    fmt::print(R"({{"seconds": {:.4f}, "peak_bytes": {}, "kept": {}, "replaced": {}, "todo": {}}})"
               "\n",
               passed.count(), PeakBytes(), kept_parts, replaced, todo);
  }

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace verger::bench
