#include "cli/runs/plan.h"

#include <arrow/buffer.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"
#include "cli/runs/part_writer.h"
#include "cli/storage/open_place.h"

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
    return {path, "a", {}, 100 + number, 1000 + number, {}};
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
      manifest.preprocessing.push_back(EntryOf(Write(rows), rows.rows));
    }
    manifest.moments = output_.Publish(output_.VersionedName(VERGER_FILE_MOMENTS), "moments");
    output_.Commit(manifest);
  }

  FileEntry Write(const PartRows& rows, const ModelIdentity& model = kModel) {
    const auto encoded = EncodePreprocessing(rows, 2, PartMetadata(model));
    return output_.Publish(output_.NextPart(kPreprocessing), std::string_view(*encoded));
  }

  Plan Make(const ModelIdentity& model = kModel) {
    return MakePlan(output_, model, options_, &photos_, &contents_);
  }

  ScratchFolder folder_;
  Output output_ = Output::OpenForWriting(OpenPlace(folder_.path()));
  std::vector<Photo> photos_;
  Contents contents_{8};
  PlanOptions options_;
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
  EXPECT_EQ(plan.todo[0].held, PlannedPhoto::kNoRow) << "a touched photo is read again";
  EXPECT_TRUE(contents_.FindOrClaim(Sha(1)).source)
      << "but not extracted if its bytes are the same";
  ASSERT_NE(plan.todo[1].held, PlannedPhoto::kNoRow);
  EXPECT_EQ(plan.held[plan.todo[1].held].row.path, "a/2.jpg");
  EXPECT_EQ(plan.held[plan.todo[1].held].source.row, 1U);
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
  EXPECT_THAT(plan.sources, IsEmpty()) << "its features are of no use";
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

TEST_F(PlanTest, KeepsRowsOfPhotosThatVanished) {
  Begin(4);
  photos_.erase(photos_.begin());
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, SizeIs(2));
  EXPECT_THAT(plan.todo, IsEmpty());
  ASSERT_THAT(photos_, SizeIs(4)) << "they count among the photos";
  EXPECT_EQ(photos_.back().path, "a/1.jpg");
}

TEST_F(PlanTest, DropsRowsOfPhotosThatVanishedIfTold) {
  Begin(4);
  photos_.erase(photos_.begin());
  options_.drop_vanished = true;
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, SizeIs(1));
  EXPECT_THAT(photos_, SizeIs(3));
  ASSERT_THAT(plan.todo, SizeIs(1));
  EXPECT_EQ(plan.held[plan.todo[0].held].row.path, "a/2.jpg");
}

TEST_F(PlanTest, CarriesVanishedRowsOverFromPartsThatGo) {
  Begin(2);
  photos_ = {PhotoAt(2)};
  photos_[0].size += 1;
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  ASSERT_THAT(plan.todo, SizeIs(2));
  EXPECT_EQ(plan.todo[0].held, PlannedPhoto::kNoRow) << "a changed photo is read";
  const HeldRow& held = plan.held[plan.todo[1].held];
  EXPECT_EQ(held.row.path, "a/1.jpg");
  EXPECT_EQ(photos_[plan.todo[1].photo].path, "a/1.jpg");
  EXPECT_EQ(held.source.row, 0U);
}

TEST_F(PlanTest, CountsNoVanishedPhotoTwice) {
  Begin(2);
  Write({{RowOf(PhotoAt(1), 1)}, {1, 2}});
  photos_ = {PhotoAt(2)};
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, SizeIs(1));
  EXPECT_THAT(plan.unlisted, IsEmpty());
  EXPECT_THAT(plan.todo, IsEmpty());
}

TEST_F(PlanTest, ForgetsRejectsOfPhotosThatVanished) {
  PhotoRow row = RowOf(PhotoAt(1), 1);
  row.error = "empty";
  Write({{row, RowOf(PhotoAt(2), 2)}, {1, 2}});
  photos_ = {PhotoAt(2)};
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  EXPECT_THAT(plan.rejects, IsEmpty());
  ASSERT_THAT(plan.todo, SizeIs(1));
  EXPECT_EQ(plan.held[plan.todo[0].held].row.path, "a/2.jpg");
}

TEST_F(PlanTest, TakesNoPlainNamesIntoAnOutputOfHashedOnes) {
  photos_ = {PhotoAt(1)};
  Write({{RowOf(PhotoAt(1), 1)}, {1, 2}});
  photos_[0].file = photos_[0].path;
  photos_[0].path = Sha(7);
  options_.path_mode = PathMode::kHash;
  const Plan plan = Make();
  EXPECT_THAT(plan.kept, IsEmpty());
  EXPECT_THAT(plan.replaced, SizeIs(1));
  EXPECT_THAT(photos_, SizeIs(1)) << "its photo is not one that vanished";
}

TEST_F(PlanTest, MakesADamagedPartAnew) {
  Begin(4);
  const FileEntry part = output_.Extracted().preprocessing[0].file;
  WriteFileAtomically(folder_.path() / part.name, "damaged");
  const Plan plan = Make();
  EXPECT_THAT(plan.damaged, ElementsAre(part.name));
  EXPECT_THAT(plan.replaced, ElementsAre(part.name));
  EXPECT_THAT(plan.kept, SizeIs(1));
  EXPECT_THAT(plan.todo, SizeIs(2));
}

}  // namespace
}  // namespace verger::cli
