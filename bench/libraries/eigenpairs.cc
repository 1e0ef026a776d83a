// Leading eigenpairs: LeadingEigenpairs beside Spectra and beside Eigen's full decomposition.
//
// The eigenvalues are a power of their number: "decay", in hundredths, is its negative exponent.
// 120 is that of features; a small one gives a slowly decaying spectrum. "rank" of them are not 0.
// `residual` is the largest distance of a vector's image from its value times itself, `missing`
// how many of the eigenvalues above 0 do not stand where they should. Spectra multiplies by the
// triangle, like ours.
#include "core/pca/eigenpairs.h"

#include <Spectra/SymEigsSolver.h>
#include <benchmark/benchmark.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace verger {
namespace {

constexpr double kAnySum = std::numeric_limits<double>::infinity();

struct Problem {
  int dimension = 0;
  int count = 0;  // requested eigenpairs
  int rank = 0;
  int decay = 0;  // in hundredths
  double Value(int i) const { return i < rank ? std::pow(i + 1, -decay / 100.0) : 0; }
  auto operator<=>(const Problem&) const = default;
};

Problem ProblemOf(const benchmark::State& state) {
  return {static_cast<int>(state.range(0)), static_cast<int>(state.range(1)),
          static_cast<int>(state.range(2)), static_cast<int>(state.range(3))};
}

// A diagonal matrix seen through a few reflections, so that no entry is 0.
Eigen::MatrixXd Matrix(const Problem& problem) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(problem.dimension, problem.dimension);
  for (int i = 0; i < problem.dimension; ++i) matrix(i, i) = problem.Value(i);
  std::srand(5);
  for (int i = 0; i < 8; ++i) {
    const Eigen::VectorXd axis = Eigen::VectorXd::Random(problem.dimension).normalized();
    const Eigen::VectorXd image = matrix * axis;
    const Eigen::VectorXd change = image - axis.dot(image) * axis;
    matrix -= 2 * (axis * change.transpose() + change * axis.transpose());
  }
  return matrix;
}

const Eigen::MatrixXd& MatrixOf(const Problem& problem) {
  static Problem current;
  static Eigen::MatrixXd matrix;
  if (problem != current) matrix = Matrix(current = problem);
  return matrix;
}

std::vector<double> TriangleOf(const Eigen::MatrixXd& matrix) {
  std::vector<double> triangle;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = i; j < matrix.cols(); ++j) triangle.push_back(matrix(i, j));
  }
  return triangle;
}

// The product that Spectra asks for.
class TriangleProduct {
 public:
  using Scalar = double;
  TriangleProduct(const std::vector<double>& triangle, int dimension)
      : triangle_(triangle), dimension_(dimension) {}
  Eigen::Index rows() const { return dimension_; }
  Eigen::Index cols() const { return dimension_; }
  void perform_op(const double* in, double* out) const {
    const Eigen::Map<const Eigen::VectorXd> x(in, dimension_);
    Eigen::Map<Eigen::VectorXd> y(out, dimension_);
    y.setZero();
    const double* at = triangle_.data();
    for (Eigen::Index i = 0; i < dimension_; at += dimension_ - i, ++i) {
      const Eigen::Map<const Eigen::VectorXd> row(at, dimension_ - i);
      y[i] += row.dot(x.tail(row.size()));
      y.tail(row.size() - 1) += x[i] * row.tail(row.size() - 1);
    }
  }

 private:
  const std::vector<double>& triangle_;
  Eigen::Index dimension_;
};

// Columns of `vectors` are unit vectors.
void Judge(const Eigen::VectorXd& values, const Eigen::MatrixXd& vectors, benchmark::State& state) {
  const Problem problem = ProblemOf(state);
  const Eigen::MatrixXd& matrix = MatrixOf(problem);
  double residual = 0;
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    residual = std::max(residual, (matrix * vectors.col(i) - values[i] * vectors.col(i)).norm());
  }
  int missing = 0;
  for (int i = 0; i < std::min(problem.count, problem.rank); ++i) {
    missing += i >= values.size() || !(std::abs(values[i] - problem.Value(i)) < 1e-11) ? 1 : 0;
  }
  state.counters["residual"] = residual;
  state.counters["missing"] = missing;
}

void Judge(const Eigenpairs& pairs, benchmark::State& state) {
  const auto count = static_cast<Eigen::Index>(pairs.values.size());
  Judge(Eigen::Map<const Eigen::VectorXd>(pairs.values.data(), count),
        Eigen::Map<const Eigen::MatrixXd>(pairs.vectors.data(), state.range(0), count), state);
}

void Ours(benchmark::State& state) {
  const Problem problem = ProblemOf(state);
  const std::vector<double> triangle = TriangleOf(MatrixOf(problem));
  Eigenpairs pairs;
  for (auto _ : state) {
    pairs = LeadingEigenpairs(triangle, problem.dimension, {problem.count, kAnySum});
  }
  Judge(pairs, state);
}

void BySpectra(benchmark::State& state) {
  const Problem problem = ProblemOf(state);
  const std::vector<double> triangle = TriangleOf(MatrixOf(problem));
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
  for (auto _ : state) {
    TriangleProduct product(triangle, problem.dimension);
    Spectra::SymEigsSolver<TriangleProduct> solver(product, problem.count, 2 * problem.count);
    solver.init();
    try {
      solver.compute(Spectra::SortRule::LargestAlge, 100, 1e-12);
    } catch (const std::exception& error) {
      state.SkipWithError(error.what());
      return;
    }
    values = solver.eigenvalues();
    vectors = solver.eigenvectors();
  }
  Judge(values, vectors, state);
}

void ByEigen(benchmark::State& state) {
  const Problem problem = ProblemOf(state);
  const std::vector<double> triangle = TriangleOf(MatrixOf(problem));
  Eigenpairs pairs;
  for (auto _ : state) {
    pairs = DenseEigenpairs(triangle, problem.dimension, {problem.count, kAnySum});
  }
  Judge(pairs, state);
}

void Problems(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"dimension", "count", "rank", "decay"})->Unit(benchmark::kMillisecond);
  benchmark->Args({1280, 50, 1280, 120})->Args({2048, 50, 2048, 120});
  benchmark->Args({2048, 200, 2048, 120});
  benchmark->Args({1280, 50, 1280, 50})->Args({1280, 50, 1280, 20});  // slow decay
  benchmark->Args({1280, 9, 1, 120});                                 // copies of two photos
}

BENCHMARK(Ours)->Apply(Problems);
BENCHMARK(BySpectra)->Apply(Problems);
BENCHMARK(ByEigen)->Apply(Problems)->Iterations(1);

}  // namespace
}  // namespace verger

BENCHMARK_MAIN();
