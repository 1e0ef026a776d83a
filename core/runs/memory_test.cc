// Rules of an output when memory runs out, at each allocation in turn: std::bad_alloc, or the right
// answer. Never that an output is damaged which is not.
#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "core/base/test_memory.h"
#include "core/runs/example.h"
#include "core/runs/plan_world.h"
#include "core/runs/steps.h"

namespace verger {
namespace {

// Expects of a function, which returns text, that it gives `expected` or throws std::bad_alloc.
void ExpectTextOrNone(const std::function<std::string()>& text, const std::string& expected,
                      std::int64_t at_least) {
  std::optional<std::string> actual;
  const auto body = [&] {
    actual.reset();
    try {
      actual = text();
    } catch (const std::bad_alloc&) {
    }
  };
  const auto check = [&](bool failed) {
    EXPECT_TRUE(actual || failed);
    if (actual) {
      EXPECT_EQ(*actual, expected);
    }
  };
  EXPECT_GE(FailEachAllocation(body, check), at_least);
}

std::string TextOf(const Steps& steps) {
  std::string text;
  for (const Step& step : steps) {
    text += std::string(NameOf(step.action)) + " " + step.name + " " + step.other + "\n";
  }
  return text;
}

std::string TextOf(const Result<Steps>& steps) {
  return steps ? TextOf(*steps) : steps.error().message;
}

Listing FilesOf(int version) {
  Listing files = {"_verger/lock", "Model/pca.json",
                   "_verger/manifest-00000" + std::to_string(version) + ".json"};
  for (const std::string& name : Example(version).Names()) files.push_back(name);
  return files;
}

TEST(RunsMemoryTest, AManifestIsNeverCalledDamaged) {
  const std::string document = WriteManifest(Example(2));
  const Endings endings = FailEachAllocationApart([&] {
    try {
      const auto manifest = ReadManifest(document, "manifest");
      return manifest && WriteManifest(*manifest) == document;
    } catch (const std::bad_alloc&) {
      return true;
    }
  });
  EXPECT_EQ(endings.wrong, 0);
  EXPECT_GT(endings.right, 100);
}

TEST(RunsMemoryTest, StepsAreAllThereOrNone) {
  const OutputState opened{"OUT", Example(1), 1, "aa"};
  Listing before = FilesOf(1);
  before.push_back("_verger/staged/aa-part-00002.parquet");
  Listing staged = FilesOf(1);
  for (const std::string& name : Example(2).Names()) staged.push_back(name);
  const auto open = [&] { return TextOf(StepsToOpen(opened, before)); };
  const auto commit = [&] { return TextOf(StepsToCommit(opened, Example(2), staged)); };
  const auto give_up = [&] { return TextOf(StepsToGiveUp(opened, before)); };
  ExpectTextOrNone(open, open(), 10);
  ExpectTextOrNone(commit, commit(), 10);
  ExpectTextOrNone(give_up, give_up(), 1);
}

TEST(RunsMemoryTest, APlanIsTheSameOrThrows) {
  World world;
  world.parts = {{"Preprocessing/part-00000.parquet", {{"a"}, {"b"}, {"c"}}},
                 {"Preprocessing/part-00001.parquet", {{"d"}, {"e"}}}};
  world.photos = {{"a"}, {"b", 11}, {"c"}, {"d"}, {"e"}, {"f"}};
  const auto plan = [&] {
    const Outcome outcome = world.Run();
    std::string text;
    for (const Todo& todo : outcome.todo) {
      text += todo.path + " " + std::to_string(todo.part) + " " + std::to_string(todo.row) + "\n";
    }
    for (const std::string& part : outcome.KeptParts()) text += part + "\n";
    return text;
  };
  ExpectTextOrNone(plan, plan(), 50);
}

}  // namespace
}  // namespace verger
