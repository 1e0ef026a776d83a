#include "core/report/ends.h"

#include <algorithm>
#include <utility>

namespace verger {

void Ends::Insert(std::size_t end, EndPhoto photo) {
  std::vector<EndPhoto>& photos = ends_[end];
  const auto at = std::upper_bound(
      photos.begin(), photos.end(), photo,
      [end](const EndPhoto& a, const EndPhoto& b) { return Before(end, a.score, b.score); });
  photos.insert(at, std::move(photo));
  if (photos.size() > most_) photos.pop_back();
}

}  // namespace verger
