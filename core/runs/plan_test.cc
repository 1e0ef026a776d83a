#include "core/runs/plan.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "core/runs/plan_world.h"

namespace verger {
namespace {

TEST(Plan, WithoutAnOutputEveryPhotoIsToDo) {
  World world;
  world.has_manifest = false;
  world.photos = {{"a"}, {"b"}, {"c"}, {"d"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.Paths(), (Names{"a", "b", "c", "d"}));
  EXPECT_EQ(outcome.result.todo, 4);
  EXPECT_EQ(outcome.result.reused, 0);
  EXPECT_EQ(outcome.todo[0].part, -1);
}

TEST(Plan, KeepsAPartWhoseEveryRowStays) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}}}};
  world.photos = {{"a"}, {"b"}, {"c"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.KeptParts(), (Names{"Preprocessing/part-00000.parquet"}));
  EXPECT_TRUE(outcome.result.kept_all_listed);
  EXPECT_EQ(outcome.Paths(), (Names{"c"}));
  EXPECT_TRUE(outcome.whole.empty());
  EXPECT_EQ(outcome.result.labels, (std::set<std::string>{"Apple"}));
}

TEST(Plan, AChangedPhotoCostsItsPartButNotItsNeighbours) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}, {"c"}}}};
  world.photos = {{"a"}, {"b", 11}, {"c"}};
  const Outcome outcome = world.Run();
  EXPECT_TRUE(outcome.KeptParts().empty());
  EXPECT_EQ(outcome.Paths(), (Names{"b", "a", "c"}));
  EXPECT_EQ(outcome.todo[0].part, -1);
  EXPECT_EQ(outcome.todo[1].part, 0);
  EXPECT_EQ(outcome.todo[2].row, 2);
  EXPECT_EQ(outcome.result.reused, 2);
  EXPECT_EQ(outcome.result.replaced, (Names{"Preprocessing/part-00000.parquet"}));
}

TEST(Plan, RowsOfVanishedPhotosStayUnlessAskedOtherwise) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}}}};
  world.photos = {{"b"}};
  EXPECT_EQ(world.Run().result.vanished, 1);
  EXPECT_EQ(world.Run().KeptParts().size(), 1u);
  world.options.drop_vanished = true;
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.result.vanished, 0);
  EXPECT_EQ(outcome.Paths(), (Names{"b"}));
  EXPECT_EQ(outcome.todo[0].part, 0);
}

TEST(Plan, RejectsOfALimitAreTriedAgainWhereItIsHigherNow) {
  World world;
  const std::string reason = MoreThanMaxPixels("PNG: 40 x 30 pixels", 1000);
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a", 10, 100, reason}, {"b"}}}};
  world.photos = {{"a"}, {"b"}};
  world.options.limits.max_pixels = 1000;
  EXPECT_EQ(world.Run().KeptParts().size(), 1u);
  world.options.limits.max_pixels = 1001;
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.Paths(), (Names{"a", "b"}));
  EXPECT_EQ(outcome.todo[0].part, -1);
  EXPECT_EQ(outcome.todo[1].part, 0);
}

TEST(Plan, RejectsOfVanishedPhotosGo) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a", 10, 100, "broken"}, {"b"}}}};
  world.photos = {{"b"}};
  const Outcome outcome = world.Run();
  EXPECT_TRUE(outcome.KeptParts().empty());
  EXPECT_EQ(outcome.Paths(), (Names{"b"}));
  EXPECT_TRUE(outcome.result.rejects.empty());
}

TEST(Plan, RowsOfAFolderThatCouldNotBeListedStay) {
  World world;
  world.parts = {{"part-0", {{"a/1.jpg"}, {"b/1.jpg"}, {"b/2.jpg", 10, 100, "empty"}}},
                 {"part-1", {{"b/c/3.jpg"}, {"bb.jpg"}, {"c/1.jpg"}}}};
  world.photos = {{"a/1.jpg"}, {"b/"}, {"c/1.jpg"}, {"d/"}};
  for (const std::size_t batch : {1, 3}) {
    world.listing_batch = batch;
    world.options.drop_vanished = true;
    Outcome outcome = world.Run();
    EXPECT_EQ(outcome.KeptParts(), Names{"part-0"});
    EXPECT_EQ(outcome.Paths(), (Names{"b/c/3.jpg", "c/1.jpg"})) << "bb.jpg is not in b";
    EXPECT_EQ(outcome.result.listed, 2);
    EXPECT_EQ(outcome.result.unread, 3);
    EXPECT_EQ(outcome.result.vanished, 0);
    world.options.drop_vanished = false;
    outcome = world.Run();
    EXPECT_EQ(outcome.KeptParts(), (Names{"part-0", "part-1"}));
    EXPECT_EQ(outcome.result.vanished, 1);
  }
}

TEST(Plan, AFolderInsideOneThatCouldNotBeListedChangesNothing) {
  World world;
  world.parts = {{"part-0", {{"a/b/1.jpg"}, {"a/z.jpg"}, {"b.jpg"}}}};
  world.photos = {{"a/"}, {"a/b/"}, {"b.jpg"}};
  world.options.drop_vanished = true;
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.KeptParts(), Names{"part-0"});
  EXPECT_EQ(outcome.result.unread, 2);
}

TEST(Plan, AllRowsStayWhereHashesDoNotTellWhichFolderWasNotListed) {
  World world;
  world.parts = {{"part-0", {{"0a"}, {"1b"}, {"ff", 10, 100, "empty"}}}};
  world.photos = {{"/"}, {"1b"}};
  world.options.hashed = true;
  world.options.drop_vanished = true;
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.KeptParts(), Names{"part-0"});
  EXPECT_EQ(outcome.result.unread, 2);
  EXPECT_EQ(outcome.result.listed, 1);
}

TEST(Plan, ARejectThatStaysIsToldAndOneThatWasNotReadIsTriedAgain) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a", 10, 100, "broken"}}},
                 {"Preprocessing/part-00001.parquet", {{"b", {}, {}, "vanished"}}}};
  world.photos = {{"a"}, {"b"}};
  const Outcome outcome = world.Run();
  ASSERT_EQ(outcome.result.rejects.size(), 1u);
  EXPECT_EQ(outcome.result.rejects[0].reason, "broken");
  EXPECT_EQ(outcome.Paths(), (Names{"b"}));
}

// Two runs that were stopped may both have left rows of the same photos.
TEST(Plan, TheFirstRejectsByPathAreToldWhicheverPartsHoldThem) {
  std::vector<Row> rejects;
  for (int photo = 1000; photo < 1000 + 2 * static_cast<int>(kRejectsListed); ++photo) {
    rejects.push_back({std::to_string(photo), 10, 100, "broken"});
  }
  World world;
  const auto claimed = rejects.begin() + 10;  // the first ones are in two parts
  world.parts = {{"Preprocessing/part-00000.parquet", {rejects.begin(), claimed}, false},
                 {"Preprocessing/part-00001.parquet", rejects, false}};
  world.photos = rejects;
  const Outcome outcome = world.Run();
  ASSERT_EQ(outcome.result.rejects.size(), kRejectsListed);
  for (std::size_t reject = 0; reject < kRejectsListed; ++reject) {
    EXPECT_EQ(outcome.result.rejects[reject].path, rejects[reject].path);
  }
}

TEST(Plan, ATimeThatIsNotKnownIsNeverTheSame) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a", 10, 0}}}};
  world.photos = {{"a", 10, {}}};
  EXPECT_EQ(world.Run().Paths(), (Names{"a"}));
}

TEST(Plan, PartsAreOpenedWhenTheirPathsComeUp) {
  World world;
  world.listing_batch = 1;
  world.parts = {{"Preprocessing/part-00001.parquet", {{"c"}, {"d"}}},
                 {"Preprocessing/part-00000.parquet", {{"a"}, {"b"}}},
                 {"Preprocessing/part-00002.parquet", {{"b2"}, {"e"}}}};
  world.photos = {{"a"}, {"b"}, {"b2"}, {"c"}, {"d"}, {"e"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.read,
            (Names{"Preprocessing/part-00000.parquet", "Preprocessing/part-00002.parquet",
                   "Preprocessing/part-00001.parquet"}));
  EXPECT_EQ(outcome.KeptParts(),
            (Names{"Preprocessing/part-00001.parquet", "Preprocessing/part-00000.parquet",
                   "Preprocessing/part-00002.parquet"}))
      << "in the order of the manifest";
}

TEST(Plan, DoesNotMakeRoomForRowsThatNoFileCanHold) {
  OutputState output;
  output.manifest.emplace();
  output.version = 1;
  output.manifest->model = kModel;
  output.manifest->preprocessing = {
      {{"Preprocessing/part-00000.parquet", 7, "abc"}, std::int64_t{1} << 40, 0, "", ""}};
  Plan plan(output, {{"Preprocessing/part-00000.parquet", 7, 1}}, {kModel, false, false, false});
  EXPECT_EQ(plan.Next(), Plan::Request::kQueue);
}

TEST(Plan, PartsOfVersion1AndUnsortedOnesAreMergedAsWell) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"c"}, {"a"}}, true, false, false}};
  world.photos = {{"a"}, {"b"}, {"c"}};
  const Outcome outcome = world.Run();
  ASSERT_EQ(outcome.result.kept_parts.size(), 1u);
  EXPECT_EQ(outcome.result.kept_parts[0].first, "a");
  EXPECT_EQ(outcome.result.kept_parts[0].last, "c");
  EXPECT_EQ(outcome.Paths(), (Names{"b"}));
}

TEST(Plan, WhatStorageChangedAfterTheManifestIsReadAsAWhole) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}}},
                 {"Preprocessing/part-00001.parquet", {{"b"}}, true, false, true, 6}};
  world.photos = {{"a"}, {"b"}};
  EXPECT_EQ(world.Run().whole, (Names{"Preprocessing/part-00001.parquet"}));
  world.options.check_all = true;
  EXPECT_EQ(world.Run().whole.size(), 2u);
}

TEST(Plan, ADamagedPartIsMadeAgain) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}}, true, true}};
  world.photos = {{"a"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.result.damaged, (Names{"Preprocessing/part-00000.parquet"}));
  EXPECT_EQ(outcome.Paths(), (Names{"a"}));
  EXPECT_FALSE(outcome.result.kept_all_listed);
}

TEST(Plan, APartThatIsNotWhatTheManifestSaysIsDamaged) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}}, true, false, true, 6}};
  world.photos = {{"a"}};
  OutputState output;
  output.manifest.emplace();
  output.version = 1;
  output.manifest->model = kModel;
  PartEntry entry = world.EntryOf(world.parts[0]);
  for (const char* wrong : {"rows", "sha256", "bytes", "first"}) {
    PartEntry listed = entry;
    if (wrong == std::string("rows")) ++listed.rows;
    if (wrong == std::string("sha256")) listed.file.sha256 = "other";
    if (wrong == std::string("bytes")) ++listed.file.bytes;
    if (wrong == std::string("first")) listed.first = "0";
    output.manifest->preprocessing = {listed};
    Plan plan(output, {{entry.file.name, 7, 6}, {"_verger/manifest-000001.json", 1, 5}},
              world.options);
    ASSERT_EQ(plan.Next(), Plan::Request::kQueue);
    plan.TakeQueue();
    if (plan.Next() == Plan::Request::kListing) {
      ASSERT_TRUE(plan.AddListing(ListingOf(world.photos)));
    }
    ASSERT_EQ(plan.Next(), Plan::Request::kPart) << wrong;
    ASSERT_TRUE(plan.AddPart(PartContent{ColumnsOf(world.parts[0].rows), 7,
                                         "sha-" + entry.file.name, "abc", "identity"}));
    ASSERT_EQ(plan.Next(), Plan::Request::kListing);
    ASSERT_TRUE(plan.EndListing());
    ASSERT_EQ(plan.Next(), Plan::Request::kTodo) << wrong;
    plan.TakeTodo();
    EXPECT_EQ(plan.Finish().damaged.size(), 1u) << wrong;
  }
}

TEST(Plan, AListedPartThatIsGoneIsDamagedAndNotWanted) {
  World world;
  world.photos = {{"a"}};
  OutputState output;
  output.manifest.emplace();
  output.version = 1;
  output.manifest->model = kModel;
  output.manifest->preprocessing = {{{"Preprocessing/part-00000.parquet", 7, "x"}, 1, 0, "a", "a"}};
  Plan plan(output, {{"_verger/manifest-000001.json", 1, 5}}, world.options);
  ASSERT_EQ(plan.Next(), Plan::Request::kQueue);
  EXPECT_TRUE(plan.TakeQueue().empty());
  ASSERT_TRUE(plan.AddListing(ListingOf(world.photos)));
  ASSERT_TRUE(plan.EndListing());
  ASSERT_EQ(plan.TakeTodo().size(), 1u);
  EXPECT_EQ(plan.Finish().damaged, (Names{"Preprocessing/part-00000.parquet"}));
}

TEST(Plan, PartsOfAnotherNetworkAreNotReadAndGo) {
  World world;
  world.manifest_model.sha256 = "other";
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}}}};
  world.photos = {{"a"}};
  const Outcome outcome = world.Run();
  EXPECT_TRUE(outcome.read.empty());
  EXPECT_EQ(outcome.result.outdated, 1);
  EXPECT_EQ(outcome.result.replaced.size(), 1u);
  EXPECT_TRUE(outcome.result.damaged.empty());
}

TEST(Plan, UnlistedPartsAreTakenOver) {
  World world;
  world.has_manifest = false;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}}, false}};
  world.photos = {{"a"}, {"b"}, {"c"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.result.unlisted, (Names{"Preprocessing/part-00000.parquet"}));
  EXPECT_EQ(outcome.whole, outcome.result.unlisted);
  EXPECT_EQ(outcome.result.kept_parts[0].file.sha256, "sha-Preprocessing/part-00000.parquet");
  EXPECT_EQ(outcome.Paths(), (Names{"c"}));
}

TEST(Plan, PlainNamesDoNotComeIntoAnOutputOfHashes) {
  World world;
  world.has_manifest = false;
  world.options.hashed = true;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a.jpg"}}, false}};
  world.photos = {{HashOf("a.jpg")}};
  const Outcome outcome = world.Run();
  EXPECT_TRUE(outcome.KeptParts().empty());
  EXPECT_EQ(outcome.result.vanished, 0);
  EXPECT_EQ(outcome.Paths(), (Names{HashOf("a.jpg")}));
}

TEST(Plan, OfTwoRowsOfAPhotoThatOfAKeptPartCounts) {
  World world;
  // A killed run has written again what stays of the first part.
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}}},
                 {"Preprocessing/part-00001.parquet", {{"b"}}, false}};
  world.photos = {{"a", 11}, {"b"}};
  const Outcome outcome = world.Run();
  EXPECT_EQ(outcome.KeptParts(), (Names{"Preprocessing/part-00001.parquet"}));
  EXPECT_EQ(outcome.Paths(), (Names{"a"}));
}

TEST(Plan, KnowsWhereTheFeaturesOfAContentAre) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b", 10, 100, "broken"}, {"c"}}}};
  const Outcome outcome = world.Run();
  const auto source = outcome.contents.Find(HashOf("c"));
  ASSERT_TRUE(source);
  EXPECT_EQ(source->part, 0);
  EXPECT_EQ(source->row, 2);
  EXPECT_FALSE(outcome.contents.Find(HashOf("b")));
}

TEST(Plan, AListingOutOfOrderIsRefused) {
  OutputState output;
  Plan plan(output, {}, {kModel, false, false, false});
  ASSERT_EQ(plan.Next(), Plan::Request::kQueue);
  plan.TakeQueue();
  EXPECT_FALSE(plan.AddListing(ListingOf({{"b"}, {"a"}})));
  EXPECT_FALSE(plan.AddListing(ListingOf({{"a"}, {"a"}})));
  ASSERT_TRUE(plan.AddListing(ListingOf({{"b"}})));
  EXPECT_FALSE(plan.AddListing(ListingOf({{"a"}})));
}

// Outputs and listings by chance, held against what must be true of any plan.
TEST(Plan, EveryPhotoHasJustOneRowInTheEnd) {
  std::mt19937 random(7);
  const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
  for (int round = 0; round < 3000; ++round) {
    World world;
    world.has_manifest = chance(90);
    world.options.drop_vanished = chance(30);
    world.listing_batch = 1 + random() % 4;
    std::set<std::string> once;
    std::map<std::string, Row> listed;
    const int parts = static_cast<int>(random() % 5);
    for (int number = 0; number < parts; ++number) {
      Part part{fmt::format("Preprocessing/part-{:05}.parquet", number)};
      part.listed = world.has_manifest && chance(80);
      part.damaged = chance(10);
      part.ranged = chance(70);
      std::set<std::string> paths;
      for (int row = 1 + static_cast<int>(random() % 5); row > 0; --row) {
        std::string path(1, static_cast<char>('a' + random() % 20));
        // No two rows of one photo in what a manifest lists.
        if (!paths.contains(path) && (!part.listed || once.insert(path).second)) {
          paths.insert(path);
        }
      }
      for (const std::string& path : paths) {
        Row row{path};
        if (chance(15)) row.error = "broken";
        if (chance(5)) row.size = row.modified = std::nullopt;
        if (!row.size) row.error = "vanished";
        row.label = chance(50) ? "Apple" : "Pear";
        part.rows.push_back(row);
      }
      if (part.rows.empty()) continue;
      if (chance(20)) std::shuffle(part.rows.begin(), part.rows.end(), random);
      world.parts.push_back(part);
    }
    for (char c = 'a'; c < 'a' + 20; ++c) {
      Row photo{std::string(1, c)};
      if (chance(10)) photo.size = 11;
      if (chance(70)) world.photos.push_back(photo), listed[photo.path] = photo;
    }
    const Outcome outcome = world.Run();

    std::map<std::string, int> rows;
    std::set<std::string> vanished;
    std::int64_t rejects = 0;
    const auto stays = [&](const Row& row) {
      const auto photo = listed.find(row.path);
      if (photo == listed.end()) return !world.options.drop_vanished && row.error.empty();
      return row.size.has_value() && row.size == photo->second.size &&
             row.modified == photo->second.modified;
    };
    const Names kept_parts = outcome.KeptParts();
    for (const Part& part : world.parts) {
      if (std::find(kept_parts.begin(), kept_parts.end(), part.name) == kept_parts.end()) continue;
      EXPECT_FALSE(part.damaged);
      for (const Row& row : part.rows) {
        EXPECT_TRUE(stays(row)) << row.path;
        ++rows[row.path];
        rejects += row.error.empty() ? 0 : 1;
        if (!listed.contains(row.path)) vanished.insert(row.path);
      }
    }
    for (const Todo& item : outcome.todo) {
      ++rows[item.path];
      if (item.part < 0) {
        EXPECT_TRUE(listed.contains(item.path));
        continue;
      }
      const auto& name = outcome.result.parts[static_cast<std::size_t>(item.part)];
      const auto part = std::find_if(world.parts.begin(), world.parts.end(),
                                     [&](const Part& other) { return other.name == name; });
      ASSERT_NE(part, world.parts.end());
      const Row& row = part->rows[static_cast<std::size_t>(item.row)];
      EXPECT_EQ(row.path, item.path);
      EXPECT_EQ(row.error, item.error);
      EXPECT_TRUE(stays(row));
      rejects += row.error.empty() ? 0 : 1;
      if (!listed.contains(row.path)) vanished.insert(row.path);
    }
    for (const auto& [path, count] : rows) EXPECT_EQ(count, 1) << path << " in round " << round;
    for (const auto& [path, photo] : listed) EXPECT_EQ(rows[path], 1) << path;
    // What could stay did: nothing whole is read again.
    for (const Part& part : world.parts) {
      if (part.damaged) continue;
      for (const Row& row : part.rows) {
        if (!stays(row)) continue;
        const auto again =
            std::find_if(outcome.todo.begin(), outcome.todo.end(),
                         [&](const Todo& item) { return item.path == row.path && item.part < 0; });
        EXPECT_EQ(again, outcome.todo.end()) << row.path << " in round " << round;
      }
    }
    EXPECT_EQ(outcome.result.vanished, static_cast<std::int64_t>(vanished.size()));
    EXPECT_EQ(static_cast<std::int64_t>(outcome.result.rejects.size()), rejects);
    EXPECT_EQ(outcome.result.listed, static_cast<std::int64_t>(world.photos.size()));
    EXPECT_EQ(outcome.result.todo, static_cast<std::int64_t>(outcome.todo.size()));
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace verger
