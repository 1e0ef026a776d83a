#include "core/classify/choose_settings.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/parallel.h"
#include "core/classify/calibrate.h"
#include "core/classify/discriminants.h"
#include "core/classify/rounds.h"

namespace verger {
namespace {

// Rows of one round, or of none, in their order.
std::vector<std::size_t> RowsOf(std::span<const int> round_of, int round) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < round_of.size(); ++i) {
    if (round_of[i] == round) rows.push_back(i);
  }
  return rows;
}

std::vector<float> Pick(std::span<const float> rows, std::span<const std::size_t> which,
                        std::size_t width) {
  std::vector<float> picked;
  picked.reserve(which.size() * width);
  for (const std::size_t row : which) {
    picked.insert(picked.end(), rows.begin() + static_cast<std::ptrdiff_t>(row * width),
                  rows.begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
  }
  return picked;
}

// Of a piece of the rows `which`.
ClassMoments MomentsOf(const RoundRows& all, std::span<const std::size_t> which) {
  std::vector<std::string_view> labels;
  labels.reserve(which.size());
  for (const std::size_t row : which) {
    labels.push_back(all.names()[static_cast<std::size_t>(all.labels()[row])]);
  }
  ClassMoments moments(all.dimension());
  const auto width = static_cast<std::size_t>(all.dimension());
  const bool in_one_piece = !which.empty() && which.back() - which.front() + 1 == which.size();
  if (in_one_piece) {
    moments.Add(all.rows().subspan(which.front() * width, which.size() * width), labels);
  } else {
    moments.Add(Pick(all.rows(), which, width), labels);
  }
  return moments;
}

// The same cut into a fixed number of shares, so that threads have something to share and change no
// bit.
ClassMoments MomentsByShares(const RoundRows& all, std::span<const std::size_t> which,
                             int threads) {
  constexpr int kShares = 8;
  constexpr int kWide = 4096;  // a scatter a share would take too much memory
  if (all.dimension() > kWide || which.empty()) return MomentsOf(all, which);
  std::vector<ClassMoments> shares(kShares, ClassMoments(all.dimension()));
  ForEachPiece(kShares, threads, [&](int share) {
    const auto own = static_cast<std::size_t>(share);
    const std::size_t begin = which.size() * own / kShares;
    shares[own] = MomentsOf(all, which.subspan(begin, which.size() * (own + 1) / kShares - begin));
  });
  // Two by two, so that threads share the merging as well.
  for (int step = 1; step < kShares; step *= 2) {
    ForEachPiece(kShares / (2 * step), threads, [&](int pair) {
      const auto into = static_cast<std::size_t>(2 * step * pair);
      shares[into].Merge(shares[into + static_cast<std::size_t>(step)]);
    });
  }
  return std::move(shares[0]);
}

// The classifier of a round may lack labels; there they have no chance.
constexpr double kNoScore = -std::numeric_limits<double>::max() / 4;

struct Round {
  std::vector<std::size_t> rows;
  std::vector<double> scores;
  std::vector<double> novelty;
  std::vector<double> novelty_unseen;
};

Result<Round> ScoreRound(const RoundRows& all, int round, Method method, double shrinkage) {
  Round result;
  result.rows = all.HeldOut(round);
  if (result.rows.empty()) return result;
  const ClassMoments& rest = all.rest(round);
  VERGER_ASSIGN_OR_RETURN(const Discriminants fit, FindDiscriminants(rest, shrinkage));
  const auto width = static_cast<std::size_t>(all.dimension());
  const std::vector<double> places =
      Place(fit.space, all.dimension(), Pick(all.rows(), result.rows, width));
  const std::vector<double> distances = SquaredDistances(fit.space, places);

  // Columns of the round's labels among all.
  std::vector<int> column_of(all.names().size(), -1);
  int column = 0;
  for (std::size_t name = 0; name < all.names().size(); ++name) {
    if (rest.labels().contains(all.names()[name])) column_of[name] = column++;
  }
  std::vector<int> own;
  for (const std::size_t row : result.rows) {
    // A label that the round has not seen at all counts as any other.
    own.push_back(std::max(0, column_of[static_cast<std::size_t>(all.labels()[row])]));
  }
  result.novelty = Novelties(fit.space, places, distances);
  result.novelty_unseen = NoveltiesWithout(fit.space, places, distances, own);
  const auto labels = static_cast<std::size_t>(column);
  const std::vector<double> scores = method == Method::kLda
                                         ? LdaScores(fit.space, distances)
                                         : RelativeScores(fit.space, places, distances);
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    for (const int from : column_of) {
      result.scores.push_back(from < 0 ? kNoScore
                                       : scores[i * labels + static_cast<std::size_t>(from)]);
    }
  }
  return result;
}

}  // namespace

RoundRows::RoundRows(const TrainingRows& rows, std::span<const int> round_of, Transform transform,
                     int threads)
    : transform_(transform),
      dimension_(rows.dimension),
      rows_(rows.features),
      names_(rows.label_names),
      labels_(rows.labels),
      round_of_(round_of),
      all_(rows.dimension) {
  if (transform != Transform::kNone) {
    transformed_ = std::make_unique_for_overwrite<float[]>(rows_.size());
    const auto width = static_cast<std::size_t>(rows.dimension);
    constexpr std::size_t kBlock = 256;
    const std::size_t blocks = (labels_.size() + kBlock - 1) / kBlock;
    SideBySide(threads, blocks, [&](std::size_t, std::size_t block) {
      const std::size_t begin = block * kBlock * width;
      const auto from = rows_.subspan(begin, std::min(kBlock * width, rows_.size() - begin));
      const std::span to(transformed_.get() + begin, from.size());
      std::copy(from.begin(), from.end(), to.begin());
      Apply(transform, rows.dimension, to);
    });
    rows_ = {transformed_.get(), rows_.size()};
  }
  Gather(threads);
}

void RoundRows::Gather(int threads) {
  const std::vector<std::size_t> never = RowsOf(round_of_, kNeverHeldOut);
  all_ = MomentsByShares(*this, never, threads);
  if (never.size() == round_of_.size()) return;  // no round holds out a row
  std::vector<ClassMoments> rounds(kRounds, ClassMoments(dimension()));
  ForEachPiece(kRounds, threads, [&](int round) {
    rounds[static_cast<std::size_t>(round)] = MomentsOf(*this, HeldOut(round));
  });
  rest_.assign(kRounds, all_);
  ForEachPiece(kRounds, threads, [&](int round) {
    for (int other = 0; other < kRounds; ++other) {
      if (other == round) continue;
      rest_[static_cast<std::size_t>(round)].Merge(rounds[static_cast<std::size_t>(other)]);
    }
  });
  for (const ClassMoments& round : rounds) all_.Merge(round);
}

std::vector<std::size_t> RoundRows::HeldOut(int round) const { return RowsOf(round_of_, round); }

Result<RoundScores> ScoreRounds(const RoundRows& rows, Method method, double shrinkage,
                                int threads) {
  std::vector<Result<Round>> rounds(kRounds, Result<Round>(Round{}));
  ForEachPiece(kRounds, threads, [&](int round) {
    rounds[static_cast<std::size_t>(round)] = ScoreRound(rows, round, method, shrinkage);
  });
  RoundScores all;
  for (Result<Round>& result : rounds) {
    VERGER_ASSIGN_OR_RETURN(const Round round, std::move(result));
    for (const std::size_t row : round.rows) all.truth.push_back(rows.labels()[row]);
    all.rows.insert(all.rows.end(), round.rows.begin(), round.rows.end());
    all.scores.insert(all.scores.end(), round.scores.begin(), round.scores.end());
    all.novelty.insert(all.novelty.end(), round.novelty.begin(), round.novelty.end());
    all.novelty_unseen.insert(all.novelty_unseen.end(), round.novelty_unseen.begin(),
                              round.novelty_unseen.end());
  }
  return all;
}

Measured AccuracyOf(const RoundScores& scores, int label_count, std::span<const int> groups) {
  const std::vector<int> answers = Likeliest<double>(scores.scores, label_count);
  const auto count = static_cast<double>(answers.size());
  double right = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) right += answers[i] == scores.truth[i] ? 1 : 0;
  if (answers.empty()) return {};
  const double share = right / count;
  std::unordered_map<int, double> above;  // of each group, how many more are right than the share
  for (std::size_t i = 0; i < answers.size(); ++i) {
    above[groups[scores.rows[i]]] += (answers[i] == scores.truth[i] ? 1 : 0) - share;
  }
  double squares = 0;
  for (const auto& [group, more] : above) squares += more * more;
  return {share, std::sqrt(squares) / count};
}

std::size_t ChooseSetting(std::span<const Measured> all) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].value > all[best].value) best = i;
  }
  return all[0].value >= all[best].value - all[best].error ? 0 : best;
}

}  // namespace verger
