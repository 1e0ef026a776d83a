#include "cli/photos/hashed_listing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "cli/base/digest.h"
#include "cli/storage/batch_store.h"
#include "cli/storage/listed_photos.h"

namespace verger::cli {
namespace {

// Hashes are spread evenly, so their first byte cuts rows into ranges of about equal size, each of
// which is sorted when its turn comes.
constexpr std::size_t kRanges = 256;
constexpr std::int64_t kBufferedRows = std::int64_t{1} << 17;  // stored together

class HashedStream : public PhotoStream {
 public:
  explicit HashedStream(std::unique_ptr<PhotoStream> photos) : photos_(std::move(photos)) {}

  std::shared_ptr<arrow::RecordBatch> Next() override {
    if (photos_ != nullptr) Gather();
    while (rows_.rows() < kListingRows && next_ < kRanges) AddRange(ranges_[next_++]);
    return rows_.rows() == 0 ? nullptr : rows_.Finish();
  }

 private:
  using Builders = std::array<ListingBuilder, kRanges>;

  void Gather() {
    auto builders = std::make_unique<Builders>();
    std::int64_t rows = 0;
    while (auto batch = photos_->Next()) {
      const ListedPhotos photos(std::move(batch));
      for (std::int64_t row = 0; row < photos.size(); ++row) {
        ListedPhoto photo = photos[row];
        if (photo.path.ends_with('/')) continue;
        const std::string hash = Sha256Hex(photo.path);
        photo.path = hash;
        unsigned range = 0;
        std::from_chars(hash.data(), hash.data() + 2, range, 16);
        (*builders)[range].Add(photo);
      }
      rows += photos.size();
      if (rows >= kBufferedRows) {
        Store(builders.get());
        rows = 0;
      }
    }
    Store(builders.get());
    counts_ = photos_->counts();
    unread_ = photos_->unread();
    photos_.reset();
    // Hashes do not tell what lies in a folder. '/' sorts before their digits.
    if (!unread_.empty()) rows_.Add({"/", "", 0, {}, "", "/"});
  }

  void Store(Builders* builders) {
    for (std::size_t range = 0; range < kRanges; ++range) {
      ListingBuilder& builder = (*builders)[range];
      if (builder.rows() > 0) ranges_[range].push_back(store_.Add(builder.Finish()));
    }
  }

  void AddRange(const std::vector<std::size_t>& batches) {
    std::vector<ListedPhotos> photos;
    std::vector<std::pair<std::size_t, std::int64_t>> order;
    for (const std::size_t batch : batches) {
      photos.emplace_back(store_.Read(batch));
      for (std::int64_t row = 0; row < photos.back().size(); ++row) {
        order.emplace_back(photos.size() - 1, row);
      }
    }
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      return photos[a.first][a.second].path < photos[b.first][b.second].path;
    });
    for (const auto& [batch, row] : order) rows_.Add(photos[batch][row]);
  }

  std::unique_ptr<PhotoStream> photos_;  // null once all are stored
  BatchStore store_;
  std::array<std::vector<std::size_t>, kRanges> ranges_;  // their batches
  std::size_t next_ = 0;
  ListingBuilder rows_;
};

}  // namespace

std::unique_ptr<PhotoStream> HashPaths(std::unique_ptr<PhotoStream> photos) {
  return std::make_unique<HashedStream>(std::move(photos));
}

}  // namespace verger::cli
