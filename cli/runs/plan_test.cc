#include "cli/runs/plan.h"

#include <arrow/buffer.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ModelIdentity kModel = {"m", "aa", "keras", "keras:224x224", 2};

// 64 digits that begin as `content` says.
std::string Sha(int content) { return fmt::format("{:016x}{:048x}", content, content); }

class PlanTest : public ::testing::Test {
 protected:
  static Photo PhotoAt(int number) {
    const std::string path = "a/" + std::to_string(number) + ".jpg";
    return {path, "a", path, 100 + number, 1000 + number, ""};
  }
  static PhotoRow RowOf(const Photo& photo, int content) {
    return {photo.path, photo.label, photo.size, photo.modified, Sha(content), ""};
  }

  // Photos 1 to `count`, in parts of two, in the manifest.
  void Begin(int count) {
    for (int number = 1; number <= count; ++number) photos_.push_back(PhotoAt(number));
    Manifest manifest;
    manifest.model = kModel;
    for (int number = 1; number <= count; number += 2) {
      PartRows rows;
      for (int row = number; row < number + 2; ++row) {
        rows.rows.push_back(RowOf(PhotoAt(row), row));
        rows.features.insert(rows.features.end(), {1.0F * row, 2.0F * row});
      }
      manifest.preprocessing.push_back({Write(rows), 2, 0});
    }
    manifest.moments = output_.Publish(output_.VersionedName("moments", "bin"), "moments");
    output_.Commit(manifest);
  }

  FileEntry Write(const PartRows& rows, const ModelIdentity& model = kModel) {
    const auto encoded = EncodePreprocessing(rows, 2, PartMetadata(model));
    return output_.Publish(output_.NextPart(kPreprocessing), std::string_view(*encoded));
  }

  Plan Make(const ModelIdentity& model = kModel) { return MakePlan(output_, photos_, model); }

  ScratchFolder folder_;
  Output output_ = Output::OpenForWriting(folder_.path());
  std::vector<Photo> photos_;
};

TEST_F(PlanTest, HasEverythingToDoAtFirst) {
  photos_ = {PhotoAt(1), PhotoAt(2)};
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  EXPECT_THAT(plan.todo, SizeIs(2));
}

TEST_F(PlanTest, HasNothingToDoWhenNothingChanged) {
  Begin(4);
  const Plan plan = Make();
  EXPECT_EQ(plan.kept, output_.Extracted().preprocessing);
  EXPECT_TRUE(plan.kept_all_listed);
  EXPECT_THAT(plan.todo, IsEmpty());
}

TEST_F(PlanTest, DoesNewPhotosOnly) {
  Begin(4);
  photos_.push_back(PhotoAt(5));
  const Plan plan = Make();
  EXPECT_TRUE(plan.kept_all_listed);
  ASSERT_THAT(plan.todo, SizeIs(1));
  EXPECT_EQ(photos_[plan.todo[0].photo].path, "a/5.jpg");
}

TEST_F(PlanTest, TakesTheOtherRowsOfAPartThatGoes) {
  Begin(4);
  photos_[0].modified += 1;  // of the first part
  const Plan plan = Make();
  EXPECT_FALSE(plan.kept_all_listed);
  EXPECT_THAT(plan.kept, ElementsAre(output_.Extracted().preprocessing[1]));
  ASSERT_THAT(plan.todo, SizeIs(2));
  EXPECT_FALSE(plan.todo[0].row) << "a touched photo is read again";
  EXPECT_TRUE(plan.contents.Find(Sha(1))) << "but not extracted if its bytes are the same";
  ASSERT_TRUE(plan.todo[1].row);
  EXPECT_EQ(plan.todo[1].row->path, "a/2.jpg");
  EXPECT_EQ(plan.todo[1].source.row, 1U);
}

TEST_F(PlanTest, DropsRowsOfPhotosThatAreGone) {
  Begin(2);
  photos_.pop_back();
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  ASSERT_THAT(plan.todo, SizeIs(1));
  EXPECT_TRUE(plan.todo[0].row);
}

TEST_F(PlanTest, TakesOverPartsOfAKilledRun) {
  photos_ = {PhotoAt(1), PhotoAt(2)};
  const FileEntry part = Write({{RowOf(photos_[0], 1)}, {1, 2}});
  const Plan plan = Make();
  ASSERT_THAT(plan.kept, SizeIs(1));
  EXPECT_EQ(plan.kept[0].file, part);
  EXPECT_EQ(plan.kept[0].rows, 1);
  EXPECT_THAT(plan.unlisted, ElementsAre(part.name));
  EXPECT_THAT(plan.todo, SizeIs(1));
}

TEST_F(PlanTest, CountsNoPhotoTwice) {
  Begin(2);
  Write({{RowOf(PhotoAt(1), 1)}, {1, 2}});
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, SizeIs(1));
  EXPECT_THAT(plan.unlisted, IsEmpty());
  EXPECT_THAT(plan.todo, IsEmpty());
}

TEST_F(PlanTest, TakesNothingOfAnotherNetwork) {
  Begin(2);
  ModelIdentity other = kModel;
  other.sha256 = "bb";
  Plan plan = Make(other);
  EXPECT_THAT(plan.kept, IsEmpty());
  EXPECT_THAT(plan.sources, IsEmpty());
  EXPECT_THAT(plan.todo, SizeIs(2));

  other = kModel;
  other.name = "the same by another name";
  EXPECT_THAT(Make(other).todo, IsEmpty());
}

TEST_F(PlanTest, TriesAgainWhatCouldNotBeRead) {
  photos_ = {PhotoAt(1)};
  PhotoRow row = RowOf(photos_[0], 1);
  row.size = -1;
  row.sha256.clear();
  row.error = "vanished";
  Write({{row}, {}});
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  EXPECT_THAT(plan.todo, SizeIs(1));
}

TEST_F(PlanTest, KeepsRejectsOfTheSameBytes) {
  photos_ = {PhotoAt(1)};
  PhotoRow row = RowOf(photos_[0], 1);
  row.error = "empty";
  Write({{row}, {}});
  const Plan plan = Make();
  EXPECT_THAT(plan.todo, IsEmpty());
  ASSERT_THAT(plan.rejects, SizeIs(1));
  EXPECT_EQ(plan.rejects[0].reason, "empty");
}

TEST_F(PlanTest, MakesADamagedPartAnew) {
  Begin(4);
  const FileEntry part = output_.Extracted().preprocessing[0].file;
  WriteFileAtomically(output_.PathOf(part), "damaged");
  const Plan plan = Make();
  EXPECT_THAT(plan.damaged, ElementsAre(part.name));
  EXPECT_THAT(plan.replaced, ElementsAre(part.name));
  EXPECT_THAT(plan.kept, SizeIs(1));
  EXPECT_THAT(plan.todo, SizeIs(2));
}

}  // namespace
}  // namespace verger::cli
