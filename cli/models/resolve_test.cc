#include "cli/models/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"
#include "cli/models/catalogue.h"
#include "cli/models/store.h"

namespace verger::cli {
namespace {

using testing::HasSubstr;

class Resolve : public testing::Test {
 protected:
  Resolve() {
    ::setenv("KERAS_HOME", (scratch_.path() / "keras").c_str(), 1);
    ::setenv("VERGER_MODELS", store_.folder().c_str(), 1);
  }

  std::string ErrorOf(const std::string& model) {
    try {
      ResolveModel(model, {});
    } catch (const Failure& failure) {
      exit_ = failure.exit();
      return failure.what();
    }
    return "no failure";
  }

  const ScratchFolder scratch_;
  const ModelStore store_{scratch_.path() / "models"};
  Exit exit_ = Exit::kDone;
};

TEST_F(Resolve, KnowsTheEmbeddedModels) {
  for (const std::string& name : EmbeddedModels()) {
    const ResolvedModel model = ResolveModel(name, {"size=112", "", ""});
    EXPECT_EQ(model.name, name);
    EXPECT_TRUE(model.embedded);
    EXPECT_EQ(model.bytes, "");
    EXPECT_EQ(model.choice.preset, "size=112");  // whether that can be is the library's to say
  }
}

TEST_F(Resolve, FindsNamesInTheStoreWithTheirPreset) {
  ModelEntry entry;
  entry.name = "net";
  entry.format = "onnx";
  entry.preset = "torchvision";
  store_.Add(entry, "bytes", false);
  const ResolvedModel model = ResolveModel("net", {});
  EXPECT_EQ(model.name, "net");
  EXPECT_EQ(model.bytes, "bytes");
  EXPECT_EQ(model.choice.preset, "torchvision");
  EXPECT_EQ(ResolveModel("net", {"filter=box", "", ""}).choice.preset, "torchvision,filter=box");
}

TEST_F(Resolve, ReadsFiles) {
  const auto path = scratch_.path() / "My Net.onnx";
  WriteFileAtomically(path, "bytes");
  const ResolvedModel model = ResolveModel(path, {"torchvision", "", ""});
  EXPECT_EQ(model.name, "my-net");
  EXPECT_EQ(model.bytes, "bytes");
  EXPECT_EQ(model.choice.preset, "torchvision");
  EXPECT_EQ(model.origin, path);
}

TEST_F(Resolve, NamesTheFileThatIsNotThere) {
  EXPECT_THAT(ErrorOf("gone.onnx"), HasSubstr("gone.onnx"));
  EXPECT_EQ(exit_, Exit::kBadInput);
}

TEST_F(Resolve, SaysWhereAMissingModelComesFrom) {
  const std::string known = ErrorOf("resnet50");
  EXPECT_EQ(exit_, Exit::kBadInput);
  EXPECT_THAT(known,
              HasSubstr("use one of: efficientnet-lite0, efficientnet-lite1, efficientnet-lite2"));
  EXPECT_THAT(known, HasSubstr("verger model fetch resnet50"));
  EXPECT_THAT(known, HasSubstr("verger model add FILE"));
  const std::string unknown = ErrorOf("resnet51");
  EXPECT_EQ(exit_, Exit::kBadInput);
  EXPECT_THAT(unknown, HasSubstr("unknown model 'resnet51'"));
  EXPECT_THAT(unknown, HasSubstr("verger model fetch resnet50"));
}

TEST_F(Resolve, TakesNoOtherFileForKeras) {
  const auto folder = scratch_.path() / "keras" / "models";
  MakeFolder(folder);
  WriteFileAtomically(folder / "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "older");
  EXPECT_THAT(ErrorOf("resnet50"), HasSubstr("unknown model 'resnet50'"));
}

}  // namespace
}  // namespace verger::cli
