// walked_names.h: the photos among the names below a folder, by the library's rule.
#pragma once

#include <arrow/array/array_binary.h>
#include <arrow/array/array_primitive.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "abi/verger.h"

namespace verger::cli {

// Photos and folders in the order of verger_walk_names.
class WalkedNames {
 public:
  std::int64_t size() const { return rows_->length(); }

  // The number of the name as RawNames::Add received it.
  std::int64_t row(std::int64_t i) const { return rows_->Value(i); }
  std::string_view raw(std::int64_t i) const { return names_->GetView(row(i)); }
  bool folder(std::int64_t i) const { return folders_->Value(row(i)); }
  std::string_view path(std::int64_t i) const { return TextAt(*paths_, i); }
  std::string_view label(std::int64_t i) const { return TextAt(*labels_, i); }
  std::string_view problem(std::int64_t i) const { return TextAt(*problems_, i); }  // "": none

  // Whether a folder is passed over: then it does not matter if it cannot be listed.
  bool passed_over(std::int64_t i) const { return problems_->IsValid(i); }

 private:
  friend class RawNames;
  static std::string_view TextAt(const arrow::Array& array, std::int64_t i);

  std::shared_ptr<arrow::LargeBinaryArray> names_;
  std::shared_ptr<arrow::BooleanArray> folders_;
  std::shared_ptr<arrow::Int64Array> rows_;
  std::shared_ptr<arrow::Array> paths_;  // of either kind of text
  std::shared_ptr<arrow::Array> labels_;
  std::shared_ptr<arrow::Array> problems_;
};

// Names as storage has them.
class RawNames {
 public:
  void Add(std::string_view name, bool folder);

  // Returns the photos among the names so far, and starts again with none. They are below the
  // folder of path `folder`; `root` is the name of the whole place. See verger_walk_names.
  WalkedNames Walk(std::string_view folder, std::string_view root, bool include_hidden,
                   verger_listing_counts* counts);

 private:
  arrow::LargeBinaryBuilder names_;
  arrow::BooleanBuilder folders_;
};

}  // namespace verger::cli
