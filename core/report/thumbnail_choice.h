// thumbnail_choice.h: which photos a report shows thumbnails of.
#pragma once

#include <vector>

#include "core/report/content.h"

namespace verger {

// Photos by row: one of each label, those at the ends of components, more of each label, then
// others evenly spread; at most kMostThumbnails, of at most 256 MiB together. None if paths are
// hashed: nobody knows which files they are.
std::vector<ReportPhoto> ChooseThumbnails(const ReportContent& content);

// Of thumbnails in the order of ChooseThumbnails, by `labels` (the label of each): up to `most` of
// each label, evenly spread.
std::vector<std::vector<std::uint32_t>> ThumbnailsOfLabels(const std::vector<std::uint32_t>& labels,
                                                           std::size_t count, std::size_t most);

}  // namespace verger
