// contents.h: photos with equal bytes are extracted once.
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace verger::cli {

// What came of extracting one photo.
struct ExtractedPhoto {
  std::vector<float> features;  // empty for a reject
  std::string error;            // "" if there are features
};
using ExtractedPtr = std::shared_ptr<const ExtractedPhoto>;

// Where this run has put the features of a photo: a part by its number among those that the run
// writes, and the row among those of the part that have features.
struct NewRow {
  std::uint32_t part = 0;
  std::uint32_t row = 0;
};

// The contents that a run has read. Safe from many threads. 40 bytes each.
class Contents {
 public:
  // Where the features of a content are: in a part of this run, or, while another thread extracts
  // them, in its result.
  struct Known {
    std::optional<NewRow> row;
    std::shared_future<ExtractedPtr> twin;

    // Nowhere: then the caller has claimed the content, and owes it a Resolve or a Fail.
    bool claimed() const { return !row && !twin.valid(); }
  };

  Known FindOrClaim(const std::string& sha256);
  void Resolve(const std::string& sha256, ExtractedPtr extracted);
  void Fail(const std::string& sha256, std::exception_ptr why);

  // From now on the features of a resolved content are taken from a row.
  void Store(const std::string& sha256, NewRow row);

 private:
  // Half of a SHA-256: no two photos share it by chance.
  using Key = std::array<std::uint64_t, 2>;
  struct HashOfKey {
    std::size_t operator()(const Key& key) const { return key[0]; }
  };
  struct InHand {
    std::promise<ExtractedPtr> promise;
    std::shared_future<ExtractedPtr> future = promise.get_future().share();
  };

  static Key KeyOf(const std::string& sha256);

  std::mutex mutex_;  // guards what follows
  std::unordered_map<Key, NewRow, HashOfKey> stored_;
  std::map<Key, InHand> in_hand_;  // rejects stay: they have no features to store
};

}  // namespace verger::cli
