// group_alike.h: groups of photos by their features, for names that tell nothing, such as hashes.
#pragma once

#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluate/rows.h"

namespace verger {

// A group for each photo, from 0: photos of one label that are alike (kAlike in leaks.h) or linked
// by such, the most alike first, as long as a group has no more than an eighth of its label's
// photos, or two. Without that bound a turning fruit would be one group, frame by frame.
//
// Cost:   as FindNeighbours of all rows; of more than kMaxCompared, the others are alone.
// Errors: kStopped.
Result<std::vector<int>> GroupAlike(const EvaluationRows& rows, int threads,
                                    const Progress& progress);

}  // namespace verger
