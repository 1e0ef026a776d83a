#include "cli/base/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

ProgressState Halfway() {
  return {"extract", ProgressUnit::kPhotos, 5'000, 10'000, 12, 30.0, 166.7};
}

TEST(BarLine, TellsAllWhenThereIsRoom) {
  EXPECT_EQ(BarLine(Halfway(), {200, false, false}),
            "extract  [####################....................]   50 %   5,000/10,000  "
            "167 photos/s  0:30 left  12 rejected");
  EXPECT_EQ(Columns(BarLine(Halfway(), {100, false, true})), 100);  // the bar gives way
}

TEST(BarLine, FitsEveryWidth) {
  for (const bool utf8 : {false, true}) {
    for (const auto unit : {ProgressUnit::kPhotos, ProgressUnit::kBytes}) {
      for (const std::uint64_t total : {0, 10'000}) {
        for (int width = 0; width < 200; ++width) {
          ProgressState state = Halfway();
          state.unit = unit;
          state.total = total;
          const std::string line = BarLine(state, {width, false, utf8});
          EXPECT_LE(Columns(line), width) << line;
          EXPECT_TRUE(!line.empty() || width < 13) << width;
        }
      }
    }
  }
}

TEST(BarLine, KeepsThePercentageLongest) {
  EXPECT_EQ(BarLine(Halfway(), {5, false, false}), " 50 %");
}

TEST(BarLine, SaysHundredOnlyOfWhatIsDone) {
  ProgressState state = Halfway();
  state.done = 9'999;
  EXPECT_THAT(BarLine(state, {100, false, true}), testing::HasSubstr(" 99 %"));
  state.done = 10'000;
  const std::string line = BarLine(state, {100, false, true});
  EXPECT_THAT(line, testing::HasSubstr("100 %"));
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("─")));
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("left")));
}

TEST(BarLine, ColoursOnlyWhenAsked) {
  EXPECT_EQ(BarLine(Halfway(), {100, false, true}).find('\033'), std::string::npos);
  EXPECT_NE(BarLine(Halfway(), {100, true, true}).find('\033'), std::string::npos);
}

TEST(PlainLine, IsASentenceForALog) {
  EXPECT_EQ(PlainLine(Halfway()),
            "extract: 5,000 of 10,000 photos (50 %), 167 photos/s, 0:30 left, 12 rejected");
  EXPECT_EQ(
      PlainLine({"fetch resnet50", ProgressUnit::kBytes, 47'000'000, 94'765'736, 0, 4, 1.2e7}),
      "fetch resnet50: 47.0 MB of 94.8 MB (49 %), 12.0 MB/s, 0:04 left");
}

TEST(FinalLine, CountsWhatWasDone) {
  EXPECT_EQ(FinalLine({"extract", ProgressUnit::kPhotos, 1, 1, 0, 0.24, 0}),
            "extract: 1 photo in 0.2 s");
  EXPECT_EQ(FinalLine({"extract", ProgressUnit::kPhotos, 10'605, 10'605, 3, 63, 168.3}),
            "extract: 10,605 photos in 1:03, 168 photos/s, 3 rejected");
}

// What a display writes into a file, which is no terminal.
std::string WrittenBy(ProgressMode mode) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "stderr";
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Progress progress({"extract", ProgressUnit::kPhotos, 400, mode, file.get()});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) progress.Add(1, j == 0);
    });
  }
  for (auto& thread : threads) thread.join();
  progress.Say("a warning");
  progress.Finish();
  progress.Finish();
  return ReadFile(path);
}

TEST(Progress, WritesPlainLinesWhereThereIsNoTerminal) {
  const std::string text = WrittenBy(ProgressMode::kAuto);
  EXPECT_THAT(text, testing::StartsWith("a warning\nextract: 400 photos in "));
  EXPECT_THAT(text, testing::EndsWith(", 4 rejected\n"));
  EXPECT_EQ(text.find_first_of("\r\033"), std::string::npos);
}

TEST(Progress, KeepsSilentWhenTold) {
  EXPECT_EQ(WrittenBy(ProgressMode::kNever), "");
  EXPECT_EQ(WrittenBy(ProgressMode::kTerminalOnly), "a warning\n");
}

}  // namespace
}  // namespace verger::cli
