// ends.h: the photos that lie farthest out along the first components.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verger {

// A photo that a page may show, and what is to be known to read it again.
struct ReportPhoto {
  std::uint64_t row = 0;  // among all that have features
  std::string path;
  std::uint32_t label = 0;    // in the order in which labels came
  std::int64_t size = 0;      // bytes
  std::int64_t modified = 0;  // microseconds since 1970, UTC
};

struct EndPhoto {
  float score = 0;
  ReportPhoto photo;
};

// So many photos of least, and of greatest, score along each of the first components; of equal
// scores the first photo.
class Ends {
 public:
  Ends(std::size_t components, std::size_t most) : most_(most), ends_(2 * components) {}

  // `make` returns the photo; it is called only where the photo is stored. Requires: a score for
  // each component.
  template <typename Make>
  void Add(std::span<const float> scores, Make make) {
    for (std::size_t end = 0; end < ends_.size(); ++end) {
      const float score = scores[end / 2];
      if (IsOut(end, score)) Insert(end, {score, make()});
    }
  }

  std::size_t components() const { return ends_.size() / 2; }

  // The outermost first.
  const std::vector<EndPhoto>& Least(std::size_t component) const { return ends_[2 * component]; }
  const std::vector<EndPhoto>& Greatest(std::size_t component) const {
    return ends_[2 * component + 1];
  }

 private:
  static bool Before(std::size_t end, float a, float b) { return end % 2 == 0 ? a < b : a > b; }
  bool IsOut(std::size_t end, float score) const {
    const auto& photos = ends_[end];
    return photos.size() < most_ || Before(end, score, photos.back().score);
  }
  void Insert(std::size_t end, EndPhoto photo);

  std::size_t most_;
  std::vector<std::vector<EndPhoto>> ends_;
};

}  // namespace verger
