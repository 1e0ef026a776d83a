// arrow_read.h: columns of a borrowed Arrow batch, checked before they are believed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "abi/verger.h"
#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger::abi {

// The column `content` of a batch of photos, a row a photo; a null is an empty photo.
//
// Errors: kBadCall if `photos` is no struct array with a child of binary or large binary.
Result<std::vector<Bytes>> ReadPhotos(const ArrowArray* photos, const ArrowSchema* schema);

// The column `features` of a batch: one vector for each row that is not null.
struct FeatureRows {
  std::int64_t length = 0;                     // rows of the batch, nulls included
  std::vector<std::int64_t> rows;              // which of them are not null, ascending
  std::vector<std::span<const float>> values;  // theirs

  // All values in one piece where they lie so; otherwise copied into `storage`.
  std::span<const float> Contiguous(std::vector<float>& storage) const;
};

// Errors: kBadCall if `features` is no struct array with a child of list<float32>;
//         kBadFeatures if a row's length is not `dimension`, or `finite` and a value is not.
Result<FeatureRows> ReadFeatures(const ArrowArray* features, const ArrowSchema* schema,
                                 int dimension, bool finite);

}  // namespace verger::abi
