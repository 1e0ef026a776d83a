#include "core/runs/merged_part.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace verger {
namespace {

// A photo's path has an ending, a hash has none.
bool LooksHashed(std::string_view path) {
  return path.size() == 64 && path.find('.') == std::string_view::npos;
}

}  // namespace

std::vector<std::uint32_t> InOrderOfPaths(const PartColumns& rows) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(rows.length));
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows.path[a] < rows.path[b]; });
  return order;
}

bool MergedPart::Open(std::optional<PartContent> content, const PlanOptions& options) {
  damaged = !content;
  if (damaged) return false;
  if (listed && whole) {
    damaged = content->bytes != entry.file.bytes || content->sha256 != entry.file.sha256;
  }
  if (!listed) {
    // Of a part that no manifest vouches for. Plain names must not come into an output of hashed
    // ones by a run that was killed.
    other_network =
        content->model_sha256 != options.model.sha256 ||
        content->model_identity != options.model.identity ||
        (content->rows.length > 0 && LooksHashed(content->rows.path[0]) != options.hashed);
    entry.file.bytes = content->bytes;
    entry.file.sha256 = content->sha256;
  }
  if (damaged || other_network) return false;
  columns = std::move(content->rows);

  std::int64_t rejects = 0;
  bool sorted = true;
  for (std::int64_t row = 0; row < columns.length; ++row) {
    if (IsReject(row)) ++rejects;
    sorted = sorted && (row == 0 || columns.path[row - 1] <= columns.path[row]);
  }
  if (!sorted) order = InOrderOfPaths(columns);
  PartEntry actual = entry;
  actual.rows = columns.length - rejects;
  actual.rejects = rejects;
  if (columns.length > 0) {
    actual.first = Path();
    actual.last = columns.path[sorted ? columns.length - 1 : order.back()];
  }
  if (listed) {
    const bool same_range =
        entry.last.empty() || (actual.first == entry.first && actual.last == entry.last);
    damaged = actual.rows != entry.rows || actual.rejects != entry.rejects || !same_range;
    if (damaged) {
      Close();
      return false;
    }
  }
  entry = std::move(actual);
  stays.assign(static_cast<std::size_t>(columns.length), true);
  staying = columns.length;
  usable = true;
  return true;
}

}  // namespace verger
