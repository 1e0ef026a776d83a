// thumbnail_photos.h: photos that a caller is asked for, and what it brings of them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "core/report/ends.h"

namespace verger::abi {

// `path`, `size` and `modified` of photos, a row each.
inline void HandOutPhotos(const std::vector<ReportPhoto>& photos, ArrowArray* array,
                          ArrowSchema* schema) {
  Texts paths;
  Integers sizes;
  Integers times;
  for (const ReportPhoto& photo : photos) {
    paths.Add(photo.path);
    sizes.values.push_back(photo.size);
    times.values.push_back(photo.modified);
  }
  const auto length = static_cast<std::int64_t>(paths.size());
  std::vector<OutColumn> columns;
  columns.push_back({"path", {}, std::move(paths)});
  columns.push_back({"size", {}, std::move(sizes)});
  columns.push_back({"modified", {}, std::move(times)});
  HandOut(std::move(columns), length, array, schema);
}

// Calls add(path, content) for each row of a batch of `path` and `content` that has a content.
template <typename Add>
Status ReadThumbnailPhotos(const ArrowArray* photos, const ArrowSchema* schema, Add add) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn paths, TextColumn::Find(photos, schema, "path"));
  VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents, ReadPhotos(photos, schema));
  for (std::size_t at = 0; at < contents.size(); ++at) {
    if (!contents[at].empty()) add(paths[static_cast<std::int64_t>(at)], contents[at]);
  }
  return Ok();
}

}  // namespace verger::abi
