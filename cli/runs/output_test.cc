#include "cli/runs/output.h"

#include <arrow/buffer.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"
#include "cli/storage/open_place.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OutputTest : public ::testing::Test {
 protected:
  // A version with one part of each kind, whose bytes are `content`.
  void CommitVersion(Output& output, const std::string& content) {
    Manifest manifest;
    if (output.manifest()) manifest.replaced = {output.manifest()->preprocessing[0].file.name};
    manifest.preprocessing = {
        {output.Publish(output.NextPart(kPreprocessing), Part(content)), 1, 0, "", ""}};
    manifest.moments =
        output.Publish(output.VersionedName(VERGER_FILE_MOMENTS), "moments " + content);
    Reduction reduction;
    reduction.pca = output.Publish(output.VersionedName(VERGER_FILE_PCA), "pca " + content);
    const FileEntry part = output.Stage(output.NextPart(kResults), Part("results " + content));
    reduction.results.push_back({{part, 1, 0, "", ""}, manifest.preprocessing[0].file.sha256});
    manifest.reduction = reduction;
    output.Commit(manifest);
  }

  // A part of one reject.
  static std::string Part(const std::string& path) {
    const PartRows rows{{{path, "label", 1, 1, "", "rejected"}}, {}};
    return EncodePreprocessing(rows, 1, {{kModelKey, "aa"}})->ToString();
  }

  std::vector<std::string> Names(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(out_ / folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Exit ExitOfOpening() {
    try {
      Output::OpenForWriting(OpenPlace(out_));
    } catch (const Failure& failure) {
      message_ = failure.what();
      return failure.exit();
    }
    return Exit::kDone;
  }

  ScratchFolder folder_;
  const fs::path out_ = folder_.path() / "OUT";
  std::string message_;
};

TEST_F(OutputTest, HasNoVersionUntilOneIsCommitted) {
  {
    Output output = Output::OpenForWriting(OpenPlace(out_));
    EXPECT_FALSE(output.manifest());
    output.Publish(output.NextPart(kPreprocessing), "features");
  }
  EXPECT_THROW(Output::Open(OpenPlace(out_)), Failure);
}

TEST_F(OutputTest, ShowsStagedPartsOnlyWithTheirVersion) {
  Output output = Output::OpenForWriting(OpenPlace(out_));
  output.Stage(output.NextPart(kResults), Part("results"));
  EXPECT_THAT(Names(kResults), IsEmpty());
  CommitVersion(output, "1");
  EXPECT_THAT(Names(kResults), ElementsAre("_SUCCESS", "part-00001.parquet"));
  EXPECT_EQ(ReadFile(out_ / kPcaDocument), "pca 1");
}

TEST_F(OutputTest, RemovesWhatOnlyTheVersionBeforeHad) {
  Output output = Output::OpenForWriting(OpenPlace(out_));
  CommitVersion(output, "1");
  CommitVersion(output, "2");
  EXPECT_THAT(Names(kPreprocessing), ElementsAre("_SUCCESS", "part-00001.parquet"));
  EXPECT_THAT(Names(kResults), ElementsAre("_SUCCESS", "part-00001.parquet"));
  EXPECT_THAT(Names("_verger"), ElementsAre("lock", "manifest-000002.json", "moments-000002.bin",
                                            "pca-000002.json", "staged"));
  EXPECT_EQ(ReadFile(out_ / kPcaDocument), "pca 2");
}

TEST_F(OutputTest, KeepsTheLatestVersionWhenTheNextIsNeverCommitted) {
  {
    Output output = Output::OpenForWriting(OpenPlace(out_));
    CommitVersion(output, "1");
    output.Publish(output.NextPart(kPreprocessing), Part("of a killed run"));
    output.Publish(output.NextPart(kResults), Part("of a killed run"));
    output.Stage(output.NextPart(kResults), Part("staged by a killed run"));
    output.Publish(output.VersionedName(VERGER_FILE_PCA), "pca of a killed run");
  }
  Output output = Output::OpenForWriting(OpenPlace(out_));
  EXPECT_EQ(output.Read(output.Reduced().results[0].part.file), Part("results 1"));
  EXPECT_THAT(output.Unlisted(), ElementsAre("Preprocessing/part-00001.parquet"))
      << "finished parts are work to take over";
  EXPECT_THAT(Names(kResults), ElementsAre("_SUCCESS", "part-00000.parquet"));
  EXPECT_THAT(Names("_verger/staged"), IsEmpty());
  EXPECT_EQ(output.NextPart(kPreprocessing), "Preprocessing/part-00002.parquet");
}

TEST_F(OutputTest, TakesAwayOnlyWhatItHasStagedItself) {
  const fs::path other = out_ / "_verger" / "staged" / "00c0ffee-part-00000.parquet";
  {
    Output output = Output::OpenForWriting(OpenPlace(out_));
    WriteFileAtomically(other, "staged by another run");
    output.Stage(output.NextPart(kResults), Part("results"));
    EXPECT_THAT(Names("_verger/staged"), SizeIs(2));
  }
  EXPECT_THAT(Names("_verger/staged"), ElementsAre(other.filename().string()));
}

TEST_F(OutputTest, MakesNoVersionWhereAPartIsMissing) {
  Output output = Output::OpenForWriting(OpenPlace(out_));
  CommitVersion(output, "1");
  Manifest next = *output.manifest();
  next.preprocessing[0].file.name = output.NextPart(kPreprocessing);
  EXPECT_THROW(output.Commit(next), Damaged);
  EXPECT_FALSE(fs::exists(out_ / "_verger" / "manifest-000002.json"));
  EXPECT_EQ(output.Read(output.Reduced().results[0].part.file), Part("results 1"));
}

TEST_F(OutputTest, MendsTheCopyOfThePca) {
  {
    Output output = Output::OpenForWriting(OpenPlace(out_));
    CommitVersion(output, "1");
  }
  fs::remove(out_ / kPcaDocument);
  Output::OpenForWriting(OpenPlace(out_));
  EXPECT_EQ(ReadFile(out_ / kPcaDocument), "pca 1");
}

TEST_F(OutputTest, LetsOneWriterIn) {
  const Output output = Output::OpenForWriting(OpenPlace(out_));
  EXPECT_EQ(ExitOfOpening(), Exit::kInUse);
  EXPECT_THAT(message_, HasSubstr("another run"));
}

TEST_F(OutputTest, NeverReplacesAVersionThatAnotherRunMade) {
  Output output = Output::OpenForWriting(OpenPlace(out_));
  WriteFileAtomically(out_ / "_verger" / "manifest-000001.json", "{}");
  try {
    CommitVersion(output, "1");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kInUse);
  }
}

TEST_F(OutputTest, RefusesPartsAndDocumentsOfOthers) {
  fs::create_directories(out_ / kResults);
  WriteFileAtomically(out_ / kResults / "part-0.parquet", "pyarrow's own name for a part");
  EXPECT_EQ(ExitOfOpening(), Exit::kBadInput);
  EXPECT_THAT(message_, HasSubstr("part-0.parquet"));
  EXPECT_TRUE(fs::exists(out_ / kResults / "part-0.parquet"));
  fs::remove(out_ / kResults / "part-0.parquet");
  fs::create_directories(out_ / "Model");
  WriteFileAtomically(out_ / kPcaDocument, "{}");
  EXPECT_EQ(ExitOfOpening(), Exit::kBadInput);
  EXPECT_EQ(ReadFile(out_ / kPcaDocument), "{}");
}

TEST_F(OutputTest, ClearsNothingAwayWhereItsManifestCannotBeRead) {
  {
    Output output = Output::OpenForWriting(OpenPlace(out_));
    CommitVersion(output, "1");
  }
  fs::remove(out_ / "_verger" / "manifest-000001.json");
  fs::create_symlink("nowhere", out_ / "_verger" / "manifest-000001.json");  // listed, not there
  EXPECT_EQ(ExitOfOpening(), Exit::kStorage);
  EXPECT_THAT(Names(kResults), ElementsAre("_SUCCESS", "part-00000.parquet"));
}

TEST_F(OutputTest, NamesAFileThatChanged) {
  Output output = Output::OpenForWriting(OpenPlace(out_));
  CommitVersion(output, "1");
  const FileEntry part = output.Extracted().preprocessing[0].file;
  WriteFileAtomically(out_ / part.name, "features 2");
  try {
    output.Read(part);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kStorage);
    EXPECT_THAT(failure.what(), HasSubstr("part-00000.parquet"));
  }
}

}  // namespace
}  // namespace verger::cli
