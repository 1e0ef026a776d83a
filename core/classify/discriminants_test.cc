#include "core/classify/discriminants.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "core/classify/test_rows.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

using Matrix = Eigen::MatrixXd;

ClassMoments MomentsOf(const LabelledRows& rows) {
  ClassMoments moments(rows.dimension);
  moments.Add(rows.features, rows.NamesOfRows(0, rows.size()));
  return moments;
}

// The pooled covariance, shrunk, as a dense matrix.
Matrix Shrunk(const ClassMoments& moments, double shrinkage) {
  const auto width = static_cast<std::size_t>(moments.dimension());
  Matrix all(moments.dimension(), moments.dimension());
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = i; j < width; ++j) {
      const double value =
          moments.scatter()[TriangleRow(width, i) + j] / static_cast<double>(moments.count());
      all(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = value;
      all(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = value;
    }
  }
  const double mean = all.trace() / static_cast<double>(width);
  return (1 - shrinkage) * all +
         shrinkage * mean * Matrix::Identity(moments.dimension(), moments.dimension());
}

Eigen::VectorXd VectorOf(std::span<const float> row) {
  return Eigen::Map<const Eigen::VectorXf>(row.data(), static_cast<Eigen::Index>(row.size()))
      .cast<double>();
}

Eigen::VectorXd MeanOf(const ClassMoments& moments, const std::string& name) {
  const std::vector<double>& mean = moments.labels().find(name)->second.mean;
  return Eigen::Map<const Eigen::VectorXd>(mean.data(), static_cast<Eigen::Index>(mean.size()));
}

class DiscriminantsOf : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Labels, DiscriminantsOf, testing::Values(2, 3, 7, 40));

// Differences of distances, and scores but for a constant, are those of the whole space.
TEST_P(DiscriminantsOf, DistancesDifferAsMahalanobisDistancesDo) {
  const LabelledRows rows = MakeRows(GetParam(), 30, 17);
  const ClassMoments moments = MomentsOf(rows);
  const auto fit = FindDiscriminants(moments, 0.3);
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_EQ(fit->space.components, std::min(GetParam() - 1, 17));
  const Matrix inverse = Shrunk(moments, 0.3).inverse();
  const auto probe = rows.Rows(0, 5);
  const std::vector<double> places = Place(fit->space, rows.dimension, probe);
  const std::vector<double> distances = SquaredDistances(fit->space, places);
  const auto labels = static_cast<std::size_t>(GetParam());
  for (std::size_t i = 0; i < 5; ++i) {
    const Eigen::VectorXd row = VectorOf(rows.Rows(i, i + 1));
    const auto whole = [&](std::size_t c) {
      const Eigen::VectorXd difference = row - MeanOf(moments, rows.names[c]);
      return difference.dot(inverse * difference);
    };
    const auto score = [&](std::size_t c) {
      double sum = fit->linear.bias[c];
      for (Eigen::Index j = 0; j < row.size(); ++j) {
        sum +=
            fit->linear
                .weights[c * static_cast<std::size_t>(row.size()) + static_cast<std::size_t>(j)] *
            row[j];
      }
      return sum;
    };
    for (std::size_t c = 1; c < labels; ++c) {
      const double expected = whole(c) - whole(0);
      EXPECT_NEAR(distances[i * labels + c] - distances[i * labels], expected, 1e-8);
      EXPECT_NEAR(score(c) - score(0), -expected / 2, 1e-8);
    }
  }
}

// The definition, in a space that the means of the labels but `without` span (-1: of all).
double NoveltyByDefinition(const DiscriminantSpace& space, const double* place, int labels,
                           int without) {
  const int k = space.components;
  std::vector<Eigen::VectorXd> means;
  Eigen::VectorXd centre = Eigen::VectorXd::Zero(k);
  for (int label = 0; label < labels; ++label) {
    if (label == without) continue;
    means.emplace_back(Eigen::Map<const Eigen::VectorXd>(space.means.data() + label * k, k));
    centre += means.back();
  }
  centre /= static_cast<double>(means.size());
  Matrix span(k, static_cast<Eigen::Index>(means.size()) - 1);
  for (Eigen::Index i = 0; i < span.cols(); ++i) {
    span.col(i) = means[static_cast<std::size_t>(i) + 1] - means[0];
  }
  const auto within = [&](const Eigen::VectorXd& at) -> Eigen::VectorXd {
    return span * span.colPivHouseholderQr().solve(at - centre);
  };
  const Eigen::VectorXd own = within(Eigen::Map<const Eigen::VectorXd>(place, k));
  double least = 2;
  for (const Eigen::VectorXd& mean : means) {
    const Eigen::VectorXd other = within(mean);
    least =
        std::min(least, (own - other).squaredNorm() / (own.squaredNorm() + other.squaredNorm()));
  }
  return least;
}

TEST(Discriminants, NoveltiesAreAsDefinedWithAndWithoutALabel) {
  const LabelledRows rows = MakeRows(5, 40, 12);
  const auto fit = FindDiscriminants(MomentsOf(rows), 0.2);
  ASSERT_TRUE(fit);
  const std::vector<double> places = Place(fit->space, rows.dimension, rows.Rows(0, 3));
  const std::vector<double> distances = SquaredDistances(fit->space, places);
  const std::vector<int> left_out = {2, 0, 4};
  const std::vector<double> with = Novelties(fit->space, places, distances);
  const std::vector<double> without = NoveltiesWithout(fit->space, places, distances, left_out);
  for (std::size_t i = 0; i < 3; ++i) {
    const double* place = places.data() + i * static_cast<std::size_t>(fit->space.components);
    EXPECT_NEAR(with[i], NoveltyByDefinition(fit->space, place, 5, -1), 1e-9);
    EXPECT_NEAR(without[i], NoveltyByDefinition(fit->space, place, 5, left_out[i]), 1e-9);
  }
}

TEST(Discriminants, NoveltyIsNoneAtAMean) {
  const LabelledRows rows = MakeRows(4, 40, 12);
  const auto fit = FindDiscriminants(MomentsOf(rows), 0.2);
  ASSERT_TRUE(fit);
  const std::vector<double> distances = SquaredDistances(fit->space, fit->space.means);
  for (const double novelty : Novelties(fit->space, fit->space.means, distances)) {
    EXPECT_NEAR(novelty, 0, 1e-9);
  }
}

TEST(Discriminants, SayWhatIsMissing) {
  const LabelledRows one = MakeRows(1, 10, 4);
  EXPECT_NE(FindDiscriminants(MomentsOf(one), 0.2).error().message.find("two labels"),
            std::string::npos);
  LabelledRows same = MakeRows(2, 10, 4);
  std::fill(same.features.begin(), same.features.end(), 1.0F);
  EXPECT_FALSE(FindDiscriminants(MomentsOf(same), 0.2));
  const LabelledRows few = MakeRows(2, 3, 20);  // fewer rows than directions
  EXPECT_NE(FindDiscriminants(MomentsOf(few), 0).error().message.find("shrinkage"),
            std::string::npos);
  EXPECT_TRUE(FindDiscriminants(MomentsOf(few), 0.1));
  EXPECT_FALSE(FindDiscriminants(MomentsOf(few), 1.5));
}

}  // namespace
}  // namespace verger
