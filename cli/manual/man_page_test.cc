#include "cli/manual/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

CommandEntry Program() {
  const CommandEntry add = {
      .name = "add",
      .description = "Add a file",
      .footer = "A first line\nand a second.\n\nExamples:\n  store add 'a\\b'\n  .hidden",
      .options = {{.names = {"-n", "--number"},
                   .value = "INT",
                   .help = "How many",
                   .heading = "Options",
                   .default_value = "4",
                   .hints = {.range = "1 to 64"}},
                  {.names = {"--pool"},
                   .value = "TEXT",
                   .help = "'cls' or mean.",
                   .heading = "S3",
                   .excludes = {"--number"},
                   .hints = {.choices = {"cls", "mean"}}}},
      .arguments = {{.value = "FILE", .help = "What to add", .required = true},
                    {.value = "MORE", .help = "Others", .takes_several = true}},
  };
  return {.name = "store",
          .description = "A store.",
          .footer = "Exit codes: 0 done\n  1 failed",
          .commands = {add}};
}

TEST(ManPage, OneForEachCommand) {
  const auto pages = ManPages(Program(), "store 1.0", "2026-11-30");
  ASSERT_EQ(pages.size(), 2);
  EXPECT_EQ(pages[0].name, "store");
  EXPECT_THAT(pages[0].text, HasSubstr(".TP\n\\fBadd\\fR\nAdd a file.\n"));
  EXPECT_THAT(pages[0].text, HasSubstr(".SH \"EXIT STATUS\"\n0 done 1 failed\n"));
  EXPECT_THAT(pages[0].text, EndsWith(".SH \"SEE ALSO\"\n.BR store\\-add (1)\n"));
  EXPECT_THAT(pages[0].text, Not(HasSubstr(".SH \"OPTIONS\"")));
  EXPECT_EQ(pages[1].name, "store-add");
}

TEST(ManPage, StatesWhatTheHelpDoes) {
  const std::string text = ManPages(Program(), "store 1.0", "2026-11-30")[1].text;
  EXPECT_THAT(text, HasSubstr(".TH \"store\\-add\" 1 \"2026-11-30\" \"store 1.0\" \"Verger\"\n"));
  EXPECT_THAT(text,
              HasSubstr("\\fBstore add\\fR [\\fIOPTIONS\\fR] \\fIFILE\\fR [\\fIMORE\\fR ...]"));
  EXPECT_THAT(text, HasSubstr(".TP\n\\fB\\-n\\fR, \\fB\\-\\-number\\fR \\fIINT\\fR\nHow many.\n"
                              "Range: 1 to 64.\nDefault: 4.\n"));
  EXPECT_THAT(text, HasSubstr(".SS \"S3\"\n.TP\n\\fB\\-\\-pool\\fR \\fBcls|mean\\fR\n"
                              "\\&'cls' or mean.\nNot with \\-\\-number.\n"));
  EXPECT_THAT(text, HasSubstr(".PP\nA first line and a second.\n"));
}

TEST(ManPage, ExamplesCanBeCopied) {
  const std::string text = ManPages(Program(), "store 1.0", "2026-11-30")[1].text;
  EXPECT_THAT(text, HasSubstr(".nf\nstore add 'a\\eb'\n\\&.hidden\n.fi\n"));
}

}  // namespace
}  // namespace verger::cli
