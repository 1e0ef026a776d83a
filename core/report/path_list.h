// path_list.h: paths in few bytes, for a page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace verger {

// Paths in the order they come, each without what it has in common with the one before: of sorted
// paths that leaves some 10 bytes of each. Where they grow beyond `most_bytes` all the same, only
// every second, fourth, ... path is stored.
//
// Of each path two numbers (7 bits a byte, low ones first, the top bit set on all but the last
// byte): how many bytes are as in the one before, and how many follow; then those. Every 64th that
// is stored has nothing in common, so that a reader can begin there.
class PathList {
 public:
  static constexpr std::uint64_t kRestart = 64;

  explicit PathList(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  void Add(std::string_view path);

  // Path n is that of row n * stride().
  std::uint64_t stride() const { return stride_; }
  std::string_view bytes() const { return bytes_; }

  // What the bytes say.
  std::vector<std::string> Paths() const;

 private:
  void Append(std::string_view path);
  void Thin();

  std::size_t most_bytes_;
  std::string bytes_;
  std::string last_;
  std::uint64_t count_ = 0;
  std::uint64_t offered_ = 0;
  std::uint64_t stride_ = 1;
};

}  // namespace verger
