#include "cli/storage/batch_store.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "cli/base/scratch_folder.h"
#include "cli/storage/listed_photos.h"

namespace verger::cli {
namespace {

std::shared_ptr<arrow::RecordBatch> BatchOf(int number, int rows) {
  ListingBuilder builder;
  for (int row = 0; row < rows; ++row) {
    const std::string path = std::to_string(number) + "/" + std::to_string(row) + ".jpg";
    builder.Add({path, "label", number, row % 2 == 0 ? std::optional(row) : std::nullopt,
                 row % 3 == 0 ? "a problem" : "", row % 5 == 0 ? "\xff" : path});
  }
  return builder.Finish();
}

class BatchStoreTest : public ::testing::Test {
 protected:
  BatchStoreTest() { ::setenv("TMPDIR", folder_.path().c_str(), 1); }
  ~BatchStoreTest() override { ::unsetenv("TMPDIR"); }

  ScratchFolder folder_;
};

TEST_F(BatchStoreTest, GivesBackWhatItTookInAnyOrder) {
  constexpr int kBatches = 60;  // more rows than it keeps in memory
  constexpr int kRows = 4096;
  BatchStore store;
  for (int number = 0; number < kBatches; ++number) {
    EXPECT_EQ(store.Add(BatchOf(number, kRows)), static_cast<std::size_t>(number));
  }
  EXPECT_EQ(folder_.Count(), 0) << "its file has no name";
  for (const int number : {59, 0, 31, 32, 58, 59}) {
    EXPECT_TRUE(store.Read(static_cast<std::size_t>(number))->Equals(*BatchOf(number, kRows)))
        << number;
  }
}

TEST_F(BatchStoreTest, NamesTheFolderThatCannotBeWritten) {
  BatchStore store;
  store.Add(BatchOf(0, 1 << 17));
  ::setenv("TMPDIR", "/proc", 1);
  try {
    store.Add(BatchOf(1, 1));
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kStorage);
    EXPECT_NE(std::string(failure.what()).find("/proc"), std::string::npos) << failure.what();
  }
}

}  // namespace
}  // namespace verger::cli
