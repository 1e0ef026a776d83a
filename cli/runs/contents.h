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
#include <vector>

namespace verger::cli {

// A row with features in a part, from where they can be taken.
struct Source {
  std::uint32_t part = 0;  // index into a list of names
  std::uint32_t row = 0;   // among its rows that have features
};

// What came of extracting one photo.
struct ExtractedPhoto {
  std::vector<float> features;  // empty for a reject
  std::string error;            // "" if there are features
};
using ExtractedPtr = std::shared_ptr<const ExtractedPhoto>;

// Half of a SHA-256: no two photos share it by chance.
using ContentKey = std::array<std::uint64_t, 2>;

// Where the features of each content are. 30 bytes an entry, if its number was foreseen.
class ContentTable {
 public:
  explicit ContentTable(std::size_t expected) : entries_(Room(expected)) {}

  // Returns whether it was added: the first source of a content stays.
  bool Add(const ContentKey& key, Source source);
  std::optional<Source> Find(const ContentKey& key) const;

 private:
  static constexpr std::uint32_t kFree = ~std::uint32_t{0};
  struct Entry {
    ContentKey key{};
    Source source{kFree, 0};
  };
  static std::size_t Room(std::size_t entries) { return entries + entries / 4 + 16; }
  std::size_t Slot(const ContentKey& key) const;
  void Grow();

  std::vector<Entry> entries_;  // four in five at most are used
  std::size_t used_ = 0;
};

ContentKey KeyOf(const std::string& sha256);

// The contents that a run knows, and those that it has in hand. Safe from many threads.
class Contents {
 public:
  // `expected`: so many contents, to make room for them at once.
  explicit Contents(std::size_t expected) : table_(expected) {}

  // Where the features of a content are to be had: in a part, or from whoever extracts them now.
  struct Found {
    std::optional<Source> source;
    std::shared_future<ExtractedPtr> twin;

    // Nowhere: then the caller has claimed the content, and owes it a Resolve or a Fail.
    bool claimed() const { return !source && !twin.valid(); }
  };

  void Add(const std::string& sha256, Source source);
  Found FindOrClaim(const std::string& sha256);
  void Resolve(const std::string& sha256, ExtractedPtr extracted);
  void Fail(const std::string& sha256, std::exception_ptr why);

  // From now on the features of a resolved content are taken from a part.
  void Store(const std::string& sha256, Source source);

 private:
  struct InHand {
    std::promise<ExtractedPtr> promise;
    std::shared_future<ExtractedPtr> future = promise.get_future().share();
  };

  mutable std::mutex mutex_;  // guards what follows
  ContentTable table_;
  std::map<ContentKey, InHand> in_hand_;  // rejects stay: they have no features to store
};

}  // namespace verger::cli
