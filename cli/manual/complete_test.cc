#include "cli/manual/complete.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A small program with one of everything.
CommandEntry Program() {
  const OptionEntry help = {.names = {"-h", "--help"}, .help = "Print this help"};
  const OptionEntry model = {.names = {"-m", "--model"},
                             .value = "TEXT",
                             .help = "Network",
                             .hints = {.kind = ValueKind::kFile, .suggestions = [] {
                                         return std::vector<std::string>{"lite0", "resnet50"};
                                       }}};
  const OptionEntry precision = {
      .names = {"--precision"}, .value = "TEXT", .hints = {.choices = {"fp32", "bf16"}}};
  const OptionEntry sizes = {.names = {"--sizes"}, .value = "TEXT", .takes_several = true};
  const OptionEntry rows = {.names = {"--row"}, .value = "TEXT", .repeats = true};
  const OptionEntry fresh = {.names = {"--fresh"}, .excludes = {"--precision"}};
  const CommandEntry run = {
      .name = "run",
      .description = "Run it",
      .options = {help, model, precision, sizes, rows, fresh},
      .arguments = {{.value = "IN", .hints = {.kind = ValueKind::kFolder}},
                    {.value = "PHOTO", .takes_several = true, .hints = {.kind = ValueKind::kFile}}},
  };
  const CommandEntry add = {.name = "add", .description = "Add one", .arguments = {}};
  const CommandEntry store = {.name = "store", .description = "A store", .commands = {add}};
  const CommandEntry cloud = {.name = "cloud", .description = "Elsewhere", .forwards = true};
  return {.name = "verger", .options = {help}, .commands = {run, store, cloud}};
}

Completions Complete(const std::vector<std::string>& words) {
  static const CommandEntry program = Program();
  return CompleteWords(program, words);
}

std::vector<std::string> Words(const std::vector<std::string>& words) {
  std::vector<std::string> candidates;
  for (const Candidate& each : Complete(words).candidates) candidates.push_back(each.word);
  return candidates;
}

TEST(Complete, Commands) {
  EXPECT_THAT(Words({""}), ElementsAre("run", "store", "cloud"));
  EXPECT_THAT(Words({}), ElementsAre("run", "store", "cloud"));
  EXPECT_THAT(Words({"r"}), ElementsAre("run"));
  EXPECT_THAT(Words({"store", "a"}), ElementsAre("add"));
  EXPECT_THAT(Words({"store", "b"}), IsEmpty());
  EXPECT_EQ(Complete({"r"}).candidates[0].help, "Run it");
}

TEST(Complete, OptionNamesButThoseThatMayNotBeAdded) {
  EXPECT_THAT(Words({"run", "-"}),
              ElementsAre("--help", "--model", "--precision", "--sizes", "--row", "--fresh"));
  EXPECT_THAT(Words({"run", "--p"}), ElementsAre("--precision"));
  EXPECT_THAT(Words({"run", "-m"}), ElementsAre("-m"));
  EXPECT_THAT(Words({"run", "--model", "x", "--m"}), IsEmpty());
  EXPECT_THAT(Words({"run", "-mx", "--m"}), IsEmpty());
  EXPECT_THAT(Words({"run", "--row", "x", "--r"}), ElementsAre("--row"));
  EXPECT_THAT(Words({"run", "--fresh", "--p"}), IsEmpty());
  EXPECT_THAT(Words({"run", "--", "--p"}), IsEmpty());
}

TEST(Complete, ValuesOfOptions) {
  EXPECT_THAT(Words({"run", "--precision", ""}), ElementsAre("fp32", "bf16"));
  EXPECT_THAT(Words({"run", "--precision", "b"}), ElementsAre("bf16"));
  EXPECT_THAT(Words({"run", "--precision=b"}), ElementsAre("--precision=bf16"));
  EXPECT_THAT(Words({"run", "--model", "l"}), ElementsAre("lite0"));
  EXPECT_EQ(Complete({"run", "--model", "l"}).names, ValueKind::kFile);
  EXPECT_EQ(Complete({"run", "--model=l"}).names, ValueKind::kFile);
  EXPECT_THAT(Words({"run", "--no-such-option=l"}), IsEmpty());
}

TEST(Complete, Arguments) {
  EXPECT_EQ(Complete({"run", ""}).names, ValueKind::kFolder);
  EXPECT_EQ(Complete({"run", "in", ""}).names, ValueKind::kFile);
  EXPECT_EQ(Complete({"run", "in", "photo", "photo", ""}).names, ValueKind::kFile);
  EXPECT_EQ(Complete({"run", "--model", "in", ""}).names, ValueKind::kFolder);
  EXPECT_EQ(Complete({"run", "--fresh", "in", ""}).names, ValueKind::kFile);
  EXPECT_EQ(Complete({"run", "--", "-in", ""}).names, ValueKind::kFile);
  EXPECT_EQ(Complete({"run", "--sizes", "1", "2", ""}).names, ValueKind::kText);
  EXPECT_EQ(Complete({"store", "add", ""}).names, ValueKind::kText);
}

TEST(Complete, LeavesTheWordsOfAnotherProgram) {
  EXPECT_EQ(Complete({"cloud", "pl"}).forwarded_from, 1);
  EXPECT_EQ(Complete({"cloud", "plan", "--js"}).forwarded_from, 1);
  EXPECT_EQ(Complete({"cl"}).forwarded_from, std::nullopt);
}

TEST(Complete, Format) {
  EXPECT_EQ(FormatCompletions(Complete({"r"})), "words\nrun\tRun it\n");
  EXPECT_EQ(FormatCompletions(Complete({"run", "--model", "r"})), "files\nresnet50\t\n");
  EXPECT_EQ(FormatCompletions(Complete({"run", ""})), "folders\n");
}

}  // namespace
}  // namespace verger::cli
