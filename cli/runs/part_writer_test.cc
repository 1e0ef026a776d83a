#include "cli/runs/part_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/digest.h"
#include "cli/base/scratch_folder.h"
#include "cli/runs/saved_moments.h"
#include "cli/runs/sources.h"
#include "cli/storage/open_place.h"

namespace verger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::SizeIs;

const ModelIdentity kModel = {"m", "aa", "keras", "keras:224x224", 2};

std::string HashOf(std::string_view path) { return Sha256Hex(path); }

class PartWriterTest : public ::testing::Test {
 protected:
  // A row of its own features, or a reject.
  void Add(const std::string& path, float feature) {
    const float features[] = {feature, -feature};
    writer_.Add({path, "label", 1, 1, HashOf(path), ""}, features);
  }
  void AddReject(const std::string& path) {
    writer_.Add({path, "label", 1, 1, HashOf(path), "broken"}, {});
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
  PartWriter writer_{output_, kModel, moments_.get(), 512};
};

TEST_F(PartWriterTest, BringsRowsIntoTheOrderOfTheirPaths) {
  Add("c.jpg", 3);
  AddReject("b.jpg");
  Add("d.jpg", 4);
  const NewRow a = writer_.Next();
  Add("a.jpg", 1);
  Add("\xC3\xA9.jpg", 5);  // bytes above ASCII come last
  AddReject("a");
  EXPECT_EQ(a.part, 0u);
  EXPECT_THAT(writer_.FeaturesOfWaiting(a.row), ElementsAre(1, -1));
  writer_.Flush();
  ASSERT_THAT(writer_.parts(), SizeIs(1));
  const PartEntry& part = writer_.parts()[0];
  EXPECT_THAT(Paths(part), ElementsAre("a", "a.jpg", "b.jpg", "c.jpg", "d.jpg", "\xC3\xA9.jpg"));
  EXPECT_EQ(part.first, "a");
  EXPECT_EQ(part.last, "\xC3\xA9.jpg");
  EXPECT_EQ(part.rows, 4);
  EXPECT_EQ(part.rejects, 2);
  // Each has its own features still.
  Sources sources(output_);
  for (const auto& [path, feature] : {std::pair("c.jpg", 3), {"d.jpg", 4}, {"a.jpg", 1}}) {
    EXPECT_THAT(sources.Features(part.file.name, -1, HashOf(path)),
                Optional(ElementsAre(feature, -feature)));
  }
  EXPECT_EQ(sources.Features(part.file.name, 0, HashOf("elsewhere")), std::nullopt);
}

TEST_F(PartWriterTest, WritesAPartWheneverItsRowsAreThere) {
  PartWriter writer(output_, kModel, moments_.get(), 2);
  const float features[] = {1, 2};
  for (const char* path : {"a", "b", "c"}) {
    writer.Add({path, "label", 1, 1, HashOf(path), ""}, features);
  }
  EXPECT_THAT(writer.parts(), SizeIs(1));
  EXPECT_EQ(writer.Next().part, 1u);
  writer.Flush();
  EXPECT_THAT(writer.parts(), SizeIs(2));
  EXPECT_EQ(verger_moments_count(moments_.get()), 3);
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
