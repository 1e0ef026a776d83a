#include "cli/runs/photo_batch.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <fmt/core.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/base/reserve.h"
#include "cli/photos/read.h"

namespace verger::cli {
namespace {

// Photos that are ours to extract, one behind the other, as Arrow lays out a binary column.
struct Claimed {
  std::string bytes;
  std::vector<std::int32_t> ends{0};
  std::vector<std::size_t> positions;  // in the batch of planned photos

  // Room for so many bytes, where memory suffices: else it grows photo by photo, and the one for
  // which it does not suffice is a reject.
  void Reserve(std::int64_t size) {
    try {
      bytes.reserve(static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
      bytes.clear();
    }
  }

  // Bytes and ends go into it.
  Batch AsBatch() {
    const auto count = static_cast<std::int64_t>(positions.size());
    const auto column =
        std::make_shared<arrow::BinaryArray>(count, arrow::Buffer::FromVector(std::move(ends)),
                                             arrow::Buffer::FromString(std::move(bytes)));
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("content", arrow::binary())}),
                                    count, {column});
  }
};

std::string HashOf(std::string_view bytes) {
  char hex[65];
  verger_sha256(bytes.data(), bytes.size(), hex);
  return hex;
}

ExtractedPtr FromBefore(std::vector<float> features) {
  return std::make_shared<ExtractedPhoto>(ExtractedPhoto{std::move(features), {}});
}

DonePhoto TakeOver(const PlannedPhoto& planned, const Workshop& shop) {
  DonePhoto done;
  const Photo& photo = planned.photo;
  done.row = {photo.path, photo.label, photo.size, photo.modified, planned.sha256, planned.error};
  done.taken_over = true;
  if (done.row.rejected()) return done;
  const std::string& part = shop.plan.parts[static_cast<std::size_t>(planned.part)];
  auto features = shop.sources.Features(part, planned.row, planned.sha256);
  if (!features) {
    throw Damaged(
        fmt::format("{}: has no features of {}: remove it, and run the same command again",
                    shop.sources.PathOf(part), photo.path));
  }
  done.extracted = FromBefore(*std::move(features));
  return done;
}

// The features of a row of before whose photo had the same bytes.
ExtractedPtr SameBefore(const std::string& sha256, const Workshop& shop) {
  std::int64_t part = 0;
  std::int64_t row = 0;
  if (verger_contents_find(shop.plan.contents.get(), sha256.c_str(), &part, &row) == 0) {
    return nullptr;
  }
  auto features =
      shop.sources.Features(shop.plan.parts[static_cast<std::size_t>(part)], row, sha256);
  return features ? FromBefore(*std::move(features)) : nullptr;
}

// Waits for one photo. Its bytes stay in `claimed` only if they are ours to extract.
DonePhoto ReadOne(PhotoRead read, std::size_t position, const Photo& photo, const Workshop& shop,
                  Claimed* claimed) {
  DonePhoto done;
  done.row = {photo.path, photo.label, photo.size, photo.modified, "", ""};
  const std::size_t begin = claimed->bytes.size();
  const ReadOutcome outcome = read.AppendTo(&claimed->bytes);
  done.row.error = outcome.error;
  if (outcome.transient) done.row.size = -1;
  if (done.row.rejected()) return done;
  done.row.sha256 = HashOf(std::string_view(claimed->bytes).substr(begin));
  done.extracted = SameBefore(done.row.sha256, shop);
  if (!done.extracted) {
    const Contents::Known known = shop.contents.FindOrClaim(done.row.sha256);
    if (known.claimed()) {
      done.fresh = true;
      claimed->ends.push_back(static_cast<std::int32_t>(claimed->bytes.size()));
      claimed->positions.push_back(position);
      return done;
    }
    done.new_row = known.row;
    done.twin = known.twin;
  }
  claimed->bytes.resize(begin);
  return done;
}

void ExtractClaimed(Claimed& claimed, const Workshop& shop, std::vector<DonePhoto>& done) {
  const std::vector<std::size_t>& positions = claimed.positions;
  const Batch extracted = ExtractFeatures(shop.extractor, claimed.AsBatch());
  const auto& features = ColumnOf<arrow::ListArray>(*extracted, "features");
  const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
  const auto& errors = ColumnOf<arrow::StringArray>(*extracted, "error");
  for (std::size_t index = 0; index < positions.size(); ++index) {
    const auto row = static_cast<std::int64_t>(index);
    auto photo = std::make_shared<ExtractedPhoto>();
    if (!errors.IsNull(row)) {
      photo->error = errors.GetString(row);
    } else {
      const float* begin = values.raw_values() + features.value_offset(row);
      photo->features.assign(begin, begin + features.value_length(row));
    }
    DonePhoto& of = done[positions[index]];
    of.extracted = std::move(photo);
    shop.contents.Resolve(of.row.sha256, of.extracted);
  }
}

}  // namespace

std::vector<DonePhoto> DoPhotos(std::span<const PlannedPhoto> planned, const Workshop& shop) {
  RequireReserve();
  std::vector<std::optional<PhotoRead>> reads(planned.size());
  std::int64_t bytes = 0;
  for (std::size_t item = 0; item < planned.size(); ++item) {
    if (planned[item].taken_over()) continue;
    const Photo& photo = planned[item].photo;
    reads[item].emplace(shop.photos, photo, shop.max_bytes);
    if (photo.size <= shop.max_bytes) bytes += std::max<std::int64_t>(photo.size, 0);
  }
  Claimed claimed;
  claimed.Reserve(bytes);
  std::vector<DonePhoto> done;
  // Before the first claim: one that failed to be noted would never be resolved.
  claimed.ends.reserve(planned.size() + 1);
  claimed.positions.reserve(planned.size());
  done.reserve(planned.size());
  try {
    for (std::size_t item = 0; item < planned.size(); ++item) {
      if (reads[item]) {
        done.push_back(ReadOne(std::move(*reads[item]), item, planned[item].photo, shop, &claimed));
      } else {
        done.push_back(TakeOver(planned[item], shop));
      }
    }
    if (!claimed.positions.empty()) ExtractClaimed(claimed, shop, done);
  } catch (...) {
    // Others may wait for what we have claimed.
    for (const std::size_t position : claimed.positions) {
      if (!done[position].extracted) {
        shop.contents.Fail(done[position].row.sha256, std::current_exception());
      }
    }
    throw;
  }
  return done;
}

}  // namespace verger::cli
