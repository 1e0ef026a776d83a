#include "cli/runs/part_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/scratch_folder.h"
#include "cli/runs/extraction.h"
#include "cli/runs/feature_reader.h"
#include "cli/storage/open_place.h"

namespace verger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const ModelIdentity kModel = {"m", "aa", "keras", "keras:224x224", 2};

class PartWriterTest : public ::testing::Test {
 protected:
  // A row of its own features, or a reject.
  void Add(const std::string& path, float feature) {
    const float features[] = {feature, -feature};
    writer_.Add({path, "label", 1, 1, std::string(64, '0'), ""}, features);
  }
  void AddReject(const std::string& path) {
    writer_.Add({path, "label", 1, 1, std::string(64, '0'), "broken"}, {});
  }

  std::vector<std::string> Paths(const PartEntry& part) {
    std::vector<std::string> paths;
    for (const PhotoRow& row : DecodePhotoRows(output_.Read(part.file), part.file.name)) {
      paths.push_back(row.path);
    }
    return paths;
  }

  ScratchFolder folder_;
  Output output_ = Output::OpenForWriting(OpenPlace(folder_.path()));
  MomentsHandle moments_ = NewMoments(2);
  PartWriter writer_{output_, kModel, *moments_};
  const std::vector<std::string> sources_;
  FeatureReader reader_{output_, sources_, writer_};
};

TEST_F(PartWriterTest, BringsRowsIntoTheOrderOfTheirPaths) {
  Add("c.jpg", 3);
  AddReject("b.jpg");
  Add("d.jpg", 4);
  const Source a = reader_.Next();
  Add("a.jpg", 1);
  const Source e = reader_.Next();
  Add("\xC3\xA9.jpg", 5);  // bytes above ASCII come last
  AddReject("a");
  EXPECT_THAT(reader_.Features(a), ElementsAre(1, -1)) << "that wait";
  writer_.Flush();
  ASSERT_THAT(writer_.parts(), SizeIs(1));
  const PartEntry& part = writer_.parts()[0];
  EXPECT_THAT(Paths(part), ElementsAre("a", "a.jpg", "b.jpg", "c.jpg", "d.jpg", "\xC3\xA9.jpg"));
  EXPECT_EQ(part.first, "a");
  EXPECT_EQ(part.last, "\xC3\xA9.jpg");
  EXPECT_EQ(part.rows, 4);
  EXPECT_EQ(part.rejects, 2);
  // Each has its own features still, and where they were said to be.
  EXPECT_THAT(reader_.Features({0, 0}), ElementsAre(3, -3));
  EXPECT_THAT(reader_.Features({0, 1}), ElementsAre(4, -4));
  EXPECT_THAT(reader_.Features(a), ElementsAre(1, -1));
  EXPECT_THAT(reader_.Features(e), ElementsAre(5, -5));
}

TEST_F(PartWriterTest, KnowsNoRangeOfRowsThatAreOutOfOrder) {
  const PartEntry part = EntryOf({"Preprocessing/part-00000.parquet", 1, "aa"},
                                 {{"b", "", 1, 1, "", ""}, {"a", "", 1, 1, "", "broken"}});
  EXPECT_EQ(part.rows, 1);
  EXPECT_EQ(part.rejects, 1);
  EXPECT_EQ(part.first, "");
  EXPECT_EQ(part.last, "");
}

}  // namespace
}  // namespace verger::cli
