#include "cli/storage/s3/object_file.h"

#include <arrow/buffer.h>
#include <gtest/gtest.h>

#include "cli/base/arrow_errors.h"
#include "cli/storage/s3/one_object.h"

namespace verger::cli {
namespace {

// More than a request may bring: the features of a large part are read at once.
TEST(ObjectFileTest, ReadsRangesOfAnySize) {
  constexpr std::int64_t kSize = std::int64_t{70} << 20;
  const OneObject object(kSize);
  const auto file = OpenObject(object.Client(), "part.parquet");
  EXPECT_EQ(OrThrow(file->GetSize()), kSize);
  const auto all = OrThrow(file->ReadAt(1, kSize));
  EXPECT_EQ(all->ToString(), std::string(kSize - 1, 'x'));
  EXPECT_EQ(OrThrow(file->ReadAt(kSize, 1))->size(), 0);
}

TEST(ObjectFileTest, GoesOnWhereItIs) {
  const OneObject object(10);
  const auto file = OpenObject(object.Client(), "part.parquet");
  EXPECT_EQ(OrThrow(file->Read(4))->size(), 4);
  char rest[10];
  EXPECT_EQ(OrThrow(file->Read(10, rest)), 6);
  EXPECT_EQ(OrThrow(file->Tell()), 10);
}

}  // namespace
}  // namespace verger::cli
