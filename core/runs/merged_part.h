// merged_part.h: a part of Preprocessing while a plan goes through its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/runs/plan.h"

namespace verger {

// Row numbers in the order of paths, bytes compared.
std::vector<std::uint32_t> InOrderOfPaths(const PartColumns& rows);

struct MergedPart {
  MergedPart(PartEntry part, bool is_listed) : entry(std::move(part)), listed(is_listed) {}

  // Checks the content: that it is undamaged, of the same network, and its first and last path.
  // Returns whether its rows count.
  bool Open(std::optional<PartContent> look, const PlanOptions& options);

  // Frees the rows; which of them stay is remembered.
  void Close() { columns = {}; }

  bool IsReject(std::int64_t row) const { return !columns.error[row].empty(); }

  // The row that the merge has come to. Requires: !AtEnd().
  bool AtEnd() const { return cursor == columns.length; }
  std::uint32_t Row() const {
    return order.empty() ? static_cast<std::uint32_t>(cursor)
                         : order[static_cast<std::size_t>(cursor)];
  }
  std::string_view Path() const { return columns.path[Row()]; }
  void Advance() { ++cursor; }

  // Which rows stay: all, until they are dropped.
  void Drop(std::uint32_t row) {
    if (stays[row]) --staying;
    stays[row] = false;
  }
  bool StaysAt(std::uint32_t row) const { return stays[row]; }
  bool AllStay() const { return staying == Length(); }
  bool AnyStays() const { return staying > 0; }
  std::int64_t Length() const { return static_cast<std::int64_t>(stays.size()); }

  PartEntry entry;
  bool listed = false;         // by the manifest
  bool whole = false;          // its bytes are to be checked
  bool other_network = false;  // its features are of no use
  bool damaged = false;
  bool usable = false;  // its rows count
  bool stays_whole = false;
  PartColumns columns;
  std::vector<std::uint32_t> order;  // of paths; empty: as the rows are
  std::int64_t cursor = 0;
  std::vector<bool> stays;
  std::int64_t staying = 0;
};

}  // namespace verger
