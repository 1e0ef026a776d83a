// Classifiers when memory runs out, at each allocation in turn: std::bad_alloc, or the right bytes.
// Never that a file is damaged which is not.
#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <string>
#include <vector>

#include "core/base/test_memory.h"
#include "core/classify/classifier_file.h"
#include "core/classify/test_rows.h"
#include "core/classify/train.h"

namespace verger {
namespace {

// Expects of a function, which returns a value, that it gives `expected` or throws std::bad_alloc.
template <typename Make, typename Value>
void ExpectSameOrNone(Make make, const Value& expected) {
  std::optional<Value> actual;
  const auto body = [&] {
    actual.reset();
    try {
      actual = make();
    } catch (const std::bad_alloc&) {
    }
  };
  const auto check = [&](bool failed) {
    EXPECT_TRUE(actual || failed);
    if (actual) {
      EXPECT_EQ(*actual, expected);
    }
  };
  EXPECT_GT(FailEachAllocation(body, check), 1);
}

Classifier Sample() {
  const LabelledRows rows = MakeRows(3, 12, 3, 1.0);
  return *Train({rows.dimension, rows.features, rows.labels, rows.groups, rows.names}, {});
}

TEST(ClassifyMemoryTest, AFileIsNeverCalledDamaged) {
  const std::string saved = SaveClassifier(Sample());
  const Endings endings = FailEachAllocationApart([&] {
    try {
      const auto loaded = LoadClassifier(std::as_bytes(std::span(saved)), "a.safetensors");
      return loaded && SaveClassifier(*loaded) == saved;
    } catch (const std::bad_alloc&) {
      return true;
    }
  });
  EXPECT_EQ(endings.wrong, 0);
  EXPECT_GT(endings.right, 100);
}

TEST(ClassifyMemoryTest, AnAnswerIsRightOrNone) {
  const Classifier classifier = Sample();
  const std::vector<float> row = {1, 2, 3};
  const auto answer = [&] { return Answerer(classifier).Answer(row).probabilities; };
  ExpectSameOrNone(answer, answer());
}

}  // namespace
}  // namespace verger
