#include "core/classify/class_moments.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/classify/test_rows.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

constexpr int kLabels = 4;
constexpr int kOfLabel = 150;  // together more than two blocks
constexpr int kWidth = 19;

LabelledRows Rows() { return MakeRows(kLabels, kOfLabel, kWidth); }

ClassMoments MomentsOf(const LabelledRows& rows, std::size_t begin, std::size_t end) {
  ClassMoments moments(rows.dimension);
  moments.Add(rows.Rows(begin, end), rows.NamesOfRows(begin, end));
  return moments;
}

ClassMoments MomentsOf(const LabelledRows& rows) { return MomentsOf(rows, 0, rows.size()); }

// Up to 1e-11 of the largest entry.
void ExpectSame(const ClassMoments& actual, const ClassMoments& expected) {
  ASSERT_EQ(actual.labels().size(), expected.labels().size());
  for (const auto& [name, label] : expected.labels()) {
    const auto own = actual.labels().find(name);
    ASSERT_NE(own, actual.labels().end()) << name;
    EXPECT_EQ(own->second.count, label.count);
    for (std::size_t j = 0; j < label.mean.size(); ++j) {
      ASSERT_NEAR(own->second.mean[j], label.mean[j], 1e-11);
    }
  }
  ASSERT_EQ(actual.scatter().size(), expected.scatter().size());
  double largest = 0;
  for (const double value : expected.scatter()) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < expected.scatter().size(); ++i) {
    ASSERT_NEAR(actual.scatter()[i], expected.scatter()[i], 1e-11 * largest);
  }
}

TEST(ClassMoments, AgreeWithTheDefinition) {
  const LabelledRows rows = Rows();
  const ClassMoments moments = MomentsOf(rows);
  const auto width = static_cast<std::size_t>(kWidth);
  std::vector<long double> means(kLabels * width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      means[static_cast<std::size_t>(rows.labels[i]) * width + j] +=
          static_cast<long double>(rows.features[i * width + j]) / kOfLabel;
    }
  }
  EXPECT_EQ(moments.count(), kLabels * kOfLabel);
  std::size_t c = 0;
  for (const auto& [name, label] : moments.labels()) {
    EXPECT_EQ(label.count, kOfLabel);
    for (std::size_t j = 0; j < width; ++j) {
      EXPECT_NEAR(label.mean[j], static_cast<double>(means[c * width + j]), 1e-12);
    }
    ++c;
  }
  for (const auto& [row, column] : {std::pair<std::size_t, std::size_t>{0, 0}, {3, 11}, {7, 18}}) {
    long double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto label = static_cast<std::size_t>(rows.labels[i]);
      sum += (rows.features[i * width + row] - means[label * width + row]) *
             (rows.features[i * width + column] - means[label * width + column]);
    }
    EXPECT_NEAR(moments.scatter()[TriangleRow(width, row) + column], static_cast<double>(sum),
                1e-9);
  }
}

TEST(ClassMoments, MergeInAnyPartition) {
  const LabelledRows rows = Rows();
  const ClassMoments expected = MomentsOf(rows);
  for (const std::size_t cut : {1UL, 149UL, 150UL, 307UL, 599UL}) {
    ClassMoments first = MomentsOf(rows, 0, cut);
    first.Merge(MomentsOf(rows, cut, rows.size()));
    ExpectSame(first, expected);
    ClassMoments second = MomentsOf(rows, cut, rows.size());
    second.Merge(MomentsOf(rows, 0, cut));
    ExpectSame(second, expected);
  }
  ClassMoments one_by_one(kWidth);
  for (std::size_t i = 0; i < rows.size(); ++i) one_by_one.Merge(MomentsOf(rows, i, i + 1));
  ExpectSame(one_by_one, expected);
}

TEST(ClassMoments, AnEmptyOneChangesNothing) {
  const LabelledRows rows = Rows();
  ClassMoments moments = MomentsOf(rows);
  moments.Merge(ClassMoments(kWidth));
  ExpectSame(moments, MomentsOf(rows));
  ClassMoments empty(kWidth);
  empty.Merge(moments);
  ExpectSame(empty, moments);
}

TEST(ClassMoments, ALabelGoesAsIfItHadNeverBeenThereAndComesBack) {
  const LabelledRows rows = Rows();
  const ClassMoments own = MomentsOf(rows, kOfLabel, 2 * kOfLabel);
  ClassMoments rest = MomentsOf(rows, 0, kOfLabel);
  rest.Merge(MomentsOf(rows, 2 * kOfLabel, rows.size()));
  ClassMoments moments = MomentsOf(rows);
  ASSERT_TRUE(moments.Subtract(own));
  ExpectSame(moments, rest);
  moments.Merge(own);
  ExpectSame(moments, MomentsOf(rows));
}

TEST(ClassMoments, RowsOfSeveralLabelsGo) {
  const LabelledRows rows = Rows();
  ClassMoments moments = MomentsOf(rows);
  ASSERT_TRUE(moments.Subtract(MomentsOf(rows, 100, 430)));
  ClassMoments rest = MomentsOf(rows, 0, 100);
  rest.Merge(MomentsOf(rows, 430, rows.size()));
  ExpectSame(moments, rest);
  ASSERT_TRUE(moments.Subtract(rest));
  EXPECT_EQ(moments.count(), 0);
  EXPECT_TRUE(moments.scatter().empty());
}

TEST(ClassMoments, TheirOwnRowsLeaveNothing) {
  ClassMoments moments = MomentsOf(Rows());
  ASSERT_TRUE(moments.Subtract(moments));
  EXPECT_EQ(moments.count(), 0);
  EXPECT_TRUE(moments.scatter().empty());
}

TEST(ClassMoments, RefuseToTakeOutWhatIsNotThere) {
  const LabelledRows rows = Rows();
  ClassMoments moments = MomentsOf(rows, 0, kOfLabel);
  EXPECT_FALSE(moments.Subtract(MomentsOf(rows, 0, kOfLabel + 1)));
  EXPECT_FALSE(moments.Subtract(MomentsOf(rows, kOfLabel, kOfLabel + 1)));
  ExpectSame(moments, MomentsOf(rows, 0, kOfLabel));
}

TEST(ClassMoments, ComeBackBitForBit) {
  const ClassMoments moments = MomentsOf(Rows());
  const std::string saved = moments.Serialize();
  const auto loaded = ClassMoments::Parse(std::as_bytes(std::span(saved)));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->Serialize(), saved);
  EXPECT_TRUE(std::ranges::equal(loaded->scatter(), moments.scatter()));
  const std::string empty = ClassMoments(3).Serialize();
  const auto loaded_empty = ClassMoments::Parse(std::as_bytes(std::span(empty)));
  ASSERT_TRUE(loaded_empty) << loaded_empty.error().message;
  EXPECT_EQ(loaded_empty->dimension(), 3);
  EXPECT_EQ(loaded_empty->count(), 0);
}

}  // namespace
}  // namespace verger
