#include "core/runs/steps.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/runs/example.h"
#include "core/runs/names.h"

namespace verger {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What `version` of the example leaves when all is done.
Listing FilesOf(int version) {
  Listing files = {"_verger/lock", "Model/pca.json", "Preprocessing/_SUCCESS", "Results/_SUCCESS",
                   fmt::format("_verger/manifest-{:06}.json", version)};
  for (const std::string& name : Example(version).Names()) files.push_back(name);
  return files;
}

Listing With(Listing files, std::initializer_list<const char*> more) {
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

OutputState Opened(int version, const char* run = "aa") {
  OutputState output{"OUT", std::nullopt, version, run};
  if (version > 0) output.manifest = Example(version);
  return output;
}

// "remove NAME", "rename OTHER to NAME": a line a step.
std::vector<std::string> LinesOf(const Steps& steps) {
  std::vector<std::string> lines;
  for (const Step& step : steps) {
    lines.push_back(step.other.empty()
                        ? fmt::format("{} {}", NameOf(step.action), step.name)
                        : fmt::format("{} {} to {}", NameOf(step.action), step.other, step.name));
  }
  return lines;
}

std::vector<std::string> ToOpen(const OutputState& output, const Listing& listing) {
  const auto steps = StepsToOpen(output, listing);
  EXPECT_TRUE(steps.has_value()) << (steps ? "" : steps.error().message);
  return steps ? LinesOf(*steps) : std::vector<std::string>();
}

std::vector<std::string> ToCommit(const OutputState& output, const Manifest& next,
                                  const Listing& listing) {
  const auto steps = StepsToCommit(output, next, listing);
  EXPECT_TRUE(steps.has_value()) << (steps ? "" : steps.error().message);
  return steps ? LinesOf(*steps) : std::vector<std::string>();
}

std::string RefusalToOpen(const OutputState& output, const Listing& listing) {
  const auto steps = StepsToOpen(output, listing);
  if (steps) return "";
  EXPECT_EQ(steps.error().code, Code::kNotOurs);
  return steps.error().message;
}

constexpr const char* kCopy = "copy _verger/pca-000001.json to Model/pca.json";

TEST(Latest, IsTheHighestNumberInItsFolder) {
  const Latest latest = LatestManifest(
      {"_verger/manifest-000009.json", "_verger/manifest-000010.json",
       "_verger/manifest-000011.json.tmp", "manifest-000012.json", "Results/manifest-000013.json"});
  EXPECT_EQ(latest.name, "_verger/manifest-000010.json");
  EXPECT_EQ(latest.version, 10);
  EXPECT_EQ(LatestManifest({}).name, "");
  EXPECT_EQ(LatestManifest({"_verger/lock"}).version, 0);
}

TEST(Open, FindsNothingToDoInAnEmptyOutput) {
  EXPECT_THAT(ToOpen(Opened(0), {"_verger/lock"}), IsEmpty());
}

TEST(Open, OnlyLooksAtThePcaOfAWholeOutput) {
  EXPECT_THAT(ToOpen(Opened(1), FilesOf(1)), ElementsAre(kCopy));
}

TEST(Open, LooksAtMarksFirstAndRemovesAfterIt) {
  const Listing files =
      With(FilesOf(1), {"Preprocessing/part-00007.parquet", "Results/part-00008.parquet",
                        "_verger/staged/bb-part-00009.parquet"});
  EXPECT_THAT(ToOpen(Opened(1), files), ElementsAre("require-mark Preprocessing/part-00007.parquet",
                                                    "require-mark Results/part-00008.parquet",
                                                    "remove _verger/staged/bb-part-00009.parquet",
                                                    kCopy, "remove Results/part-00008.parquet"));
}

TEST(Open, KeepsFinishedPartsOfAKilledFirstRun) {
  EXPECT_THAT(ToOpen(Opened(0), {"Preprocessing/part-00000-bb.parquet",
                                 "Results/part-00000.parquet", "Model/pca.json"}),
              ElementsAre("require-mark Preprocessing/part-00000-bb.parquet",
                          "require-mark Results/part-00000.parquet", "require-pca Model/pca.json",
                          "remove Results/part-00000.parquet"));
}

TEST(Open, CompletesAVersionWhoseRunWasKilledAfterItsManifest) {
  Listing files = FilesOf(2);
  std::erase(files, "Model/pca.json");
  std::erase(files, "Preprocessing/_SUCCESS");
  for (const std::string& name : FilesOf(1)) files.push_back(name);
  std::erase(files, "Model/pca.json");
  std::erase(files, "Preprocessing/_SUCCESS");
  EXPECT_THAT(
      ToOpen(Opened(2), files),
      ElementsAre("require-mark Preprocessing/part-00001.parquet",
                  "require-mark Results/part-00001.parquet",
                  "copy _verger/pca-000002.json to Model/pca.json",
                  "remove Preprocessing/part-00001.parquet", "remove Results/part-00001.parquet",
                  "remove _verger/manifest-000001.json", "remove _verger/moments-000001.bin",
                  "remove _verger/pca-000001.json", "touch Preprocessing/_SUCCESS"));
}

TEST(Open, RefusesFilesOfOthersByName) {
  for (const char* name : {"Results/mine.parquet", "Preprocessing/notes.txt",
                           "Results/part-00000-c000.snappy.parquet"}) {
    for (const int version : {0, 1}) {
      const std::string refusal = RefusalToOpen(Opened(version), With({}, {name}));
      EXPECT_THAT(refusal, HasSubstr(fmt::format("OUT/{}: ", name)));
    }
  }
  for (const char* name : {"Results/_committed_1", "Preprocessing/.part-00000.parquet.crc"}) {
    EXPECT_EQ(RefusalToOpen(Opened(1), With(FilesOf(1), {name})), "") << "no data: " << name;
  }
}

TEST(Open, NamesTheFileWhereAMarkIsMissing) {
  const auto steps = StepsToOpen(Opened(0), {"Results/part-00000.parquet"});
  ASSERT_TRUE(steps.has_value());
  EXPECT_THAT(steps->at(0).message, HasSubstr("OUT/Results/part-00000.parquet: not written by"));
}

TEST(Commit, PlacesStagedPartsThenCreatesThenTidies) {
  Listing files = FilesOf(1);
  for (const char* name : {"Preprocessing/part-00002.parquet", "_verger/moments-000002.bin",
                           "_verger/pca-000002.json", "_verger/staged/aa-part-00002.parquet"}) {
    files.emplace_back(name);
  }
  EXPECT_THAT(
      ToCommit(Opened(1), Example(2), files),
      ElementsAre("rename _verger/staged/aa-part-00002.parquet to "
                  "Results/part-00002.parquet",
                  "sync Results", "create _verger/manifest-000002.json",
                  "copy _verger/pca-000002.json to Model/pca.json",
                  "remove Preprocessing/part-00001.parquet", "remove Results/part-00001.parquet",
                  "remove _verger/manifest-000001.json", "remove _verger/moments-000001.bin",
                  "remove _verger/pca-000001.json"));
}

TEST(Commit, NamesAnyFileThatIsMissing) {
  for (const std::string& name : Example(1).Names()) {
    Listing files = FilesOf(1);
    std::erase(files, name);
    const auto steps = StepsToCommit(Opened(0), Example(1), files);
    ASSERT_FALSE(steps.has_value()) << name;
    EXPECT_EQ(steps.error().code, Code::kBadOutput);
    EXPECT_THAT(steps.error().message, HasSubstr("OUT/" + name));
  }
}

TEST(Commit, DoesNotTakeWhatAnotherRunHasStaged) {
  Listing files = FilesOf(1);
  std::erase(files, "Results/part-00001.parquet");
  files.emplace_back("_verger/staged/bb-part-00001.parquet");
  EXPECT_FALSE(StepsToCommit(Opened(0, "aa"), Example(1), files).has_value());
  EXPECT_TRUE(StepsToCommit(Opened(0, "bb"), Example(1), files).has_value());
}

TEST(Commit, FailsByNameWhereThereIsSuchAVersion) {
  const auto steps = StepsToCommit(Opened(0), Example(1), FilesOf(1));
  ASSERT_TRUE(steps.has_value());
  const auto create = std::find_if(steps->begin(), steps->end(),
                                   [](const Step& step) { return step.action == Action::kCreate; });
  ASSERT_NE(create, steps->end());
  EXPECT_THAT(create->message, HasSubstr("OUT: another run has finished"));
}

TEST(Commit, TakesResultsAwayThatNoLongerFit) {
  Manifest next = Example(2);
  next.reduction.reset();
  const Listing files =
      With(FilesOf(1), {"Preprocessing/part-00002.parquet", "_verger/moments-000002.bin"});
  EXPECT_THAT(
      ToCommit(Opened(1), next, files),
      ElementsAre("create _verger/manifest-000002.json", "remove Preprocessing/part-00001.parquet",
                  "remove Results/part-00001.parquet", "remove _verger/manifest-000001.json",
                  "remove _verger/moments-000001.bin", "remove _verger/pca-000001.json",
                  "remove Model/pca.json", "remove Results/_SUCCESS"));
}

TEST(Commit, EndsACheckOnlyWhereItReplacesAPart) {
  const std::string removal = "remove " + std::string(kCheckFile);
  Listing same = FilesOf(1);
  same.emplace_back(kCheckFile);
  EXPECT_THAT(ToCommit(Opened(1), Example(1), same), Not(Contains(removal)));
  Listing files = FilesOf(2);
  files.emplace_back(kCheckFile);
  EXPECT_THAT(ToCommit(Opened(1), Example(2), files), Contains(removal));
}

TEST(Commit, KeepsUnfinishedWork) {
  const Listing files = With(FilesOf(1), {"Preprocessing/part-00007.parquet"});
  Manifest next = Example(1);
  next.labels = 1;
  for (const std::string& step : ToCommit(Opened(1), next, files)) {
    EXPECT_EQ(step.find("part-00007"), std::string::npos) << step;
  }
}

// Before the manifest: a page must never show photos of which the version has none.
TEST(Commit, RemovesTheReportOfTheVersionBefore) {
  const Listing files = With(FilesOf(2), {"report.html"});
  const std::vector<std::string> steps = ToCommit(Opened(1), Example(2), files);
  const auto removed = std::find(steps.begin(), steps.end(), "remove report.html");
  const auto created = std::find(steps.begin(), steps.end(), "create _verger/manifest-000002.json");
  ASSERT_NE(created, steps.end());
  EXPECT_LT(removed, created);
}

TEST(Open, LeavesTheReportAlone) {
  EXPECT_THAT(ToOpen(Opened(1), With(FilesOf(1), {"report.html"})),
              Not(Contains("remove report.html")));
}

// Whatever else lies there, in all stages.
TEST(Steps, NeverRemoveWhatTheLatestManifestNames) {
  Listing files = FilesOf(1);
  for (const std::string& name : FilesOf(2)) files.push_back(name);
  for (const char* name :
       {"Preprocessing/part-00007-bb.parquet", "Results/part-00007.parquet",
        "_verger/staged/aa-part-00002.parquet", "_verger/staged/bb-part-00002.parquet",
        "_verger/moments-000003-bb.bin", "_verger/pca-000003-bb.json"}) {
    files.emplace_back(name);
  }
  const auto names = Example(2).Names();
  const auto opened = StepsToOpen(Opened(2), files);
  const auto committed = StepsToCommit(Opened(1), Example(2), files);
  ASSERT_TRUE(opened && committed);
  int removed = 0;
  for (const Steps& steps : {*opened, *committed, StepsToGiveUp(Opened(2), files)}) {
    for (const Step& step : steps) {
      if (step.action != Action::kRemove) continue;
      ++removed;
      EXPECT_FALSE(names.contains(step.name)) << step.name;
      EXPECT_NE(step.name, "_verger/manifest-000002.json");
      EXPECT_NE(step.name, "_verger/lock");
    }
  }
  EXPECT_GT(removed, 10);
}

TEST(GiveUp, RemovesOnlyWhatTheRunHasStagedItself) {
  const Listing files = With(
      FilesOf(1), {"_verger/staged/aa-part-00002.parquet", "_verger/staged/aab-part-00002.parquet",
                   "_verger/staged/part-00002.parquet"});
  EXPECT_THAT(LinesOf(StepsToGiveUp(Opened(1), files)),
              ElementsAre("remove _verger/staged/aa-part-00002.parquet"));
}

TEST(Unlisted, ArePartsOfTheFolderThatNoManifestNames) {
  const Listing files =
      With(FilesOf(1), {"Preprocessing/part-00007-bb.parquet", "Preprocessing/part-00003.parquet",
                        "Results/part-00009.parquet"});
  EXPECT_THAT(
      Unlisted(Opened(1), files, kPreprocessing),
      ElementsAre("Preprocessing/part-00003.parquet", "Preprocessing/part-00007-bb.parquet"));
}

TEST(NextParts, AreOnesThatNoPartHasHad) {
  const auto numbers = [](int version, const Listing& files) {
    const NextParts next = NextPartNumbers(Opened(version), files);
    return std::pair(next.preprocessing, next.results);
  };
  EXPECT_EQ(numbers(0, {}), std::pair(0L, 0L));
  EXPECT_EQ(numbers(1, FilesOf(1)), std::pair(2L, 2L));
  EXPECT_EQ(numbers(1, {}), std::pair(2L, 2L)) << "lost parts";
  EXPECT_EQ(numbers(1, With(FilesOf(1),
                            {"Preprocessing/part-00007-bb.parquet", "Results/part-00011.parquet"})),
            std::pair(8L, 12L));
  OutputState output = Opened(1);
  output.manifest->replaced = {"Preprocessing/part-00020.parquet"};
  EXPECT_EQ(NextPartNumbers(output, {}).preprocessing, 21) << "to be removed";
}

TEST(Require, NamesTheCommandToRunFirst) {
  const auto message = [](const OutputState& output, const Listing& files, bool results) {
    const Status status = RequireVersion(output, files, results);
    return status ? std::string() : status.error().message;
  };
  EXPECT_THAT(message(Opened(0), {}, false), HasSubstr("'verger run PHOTOS OUT'"));
  EXPECT_THAT(message(Opened(0), {"Preprocessing/part-00000.parquet"}, false),
              HasSubstr("run the same command again"));
  EXPECT_EQ(message(Opened(1), FilesOf(1), true), "");
  OutputState extracted = Opened(1);
  extracted.manifest->reduction.reset();
  EXPECT_EQ(message(extracted, FilesOf(1), false), "");
  EXPECT_THAT(message(extracted, FilesOf(1), true), HasSubstr("'verger reduce OUT'"));
}

}  // namespace
}  // namespace verger
