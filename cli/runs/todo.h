// todo.h: the rows that a run is to make, however many.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/engine/batches.h"
#include "cli/photos/listing.h"
#include "cli/storage/batch_store.h"
#include "cli/tables/parts.h"

namespace verger::cli {

// A row to make. With a part, its features are taken from there, or it is the same reject; else the
// photo is read.
struct PlannedPhoto {
  static constexpr std::int64_t kNoPart = -1;

  Photo photo;
  std::string sha256;           // of a row that is made again
  std::string error;            // likewise
  std::int64_t part = kNoPart;  // index into Plan::parts
  std::int64_t row = 0;         // among all rows of that part

  bool taken_over() const { return part != kNoPart; }
};

// Which rows: of which batch, from where, how many.
struct TodoSlice {
  std::size_t batch = 0;
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

// Batches of verger_plan_todo, however many: the first in memory, the others set aside on disk.
class TodoRows {
 public:
  // Errors: as BatchStore::Add.
  void Add(Batch batch);

  std::int64_t rows() const { return rows_; }

  // Cuts all rows, in order, into slices of at most `most_rows` rows and some `most_bytes` of
  // photos that are to be read. Cost: reads every batch once.
  std::vector<TodoSlice> Cut(std::int64_t most_rows, std::int64_t most_bytes) const;

  // Safe from many threads.
  std::vector<PlannedPhoto> Read(const TodoSlice& slice) const;

 private:
  std::unique_ptr<BatchStore> store_ = std::make_unique<BatchStore>();
  std::size_t batches_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace verger::cli
