#include "core/tune/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <thread>
#include <utility>

#include "core/runs/sample.h"
#include "core/tune/accuracy.h"
#include "core/tune/timed_candidate.h"

namespace verger {
namespace {

constexpr std::size_t kWarmUp = 4;       // photos
constexpr std::size_t kLeastRounds = 4;  // over a small sample more than once

using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool AlikeButForPrecision(const Model& one, const Model& other) {
  return one.sha256 == other.sha256 && Identity(one.preset) == Identity(other.preset) &&
         one.choice.output == other.choice.output && one.choice.pool == other.choice.pool;
}

// A candidate without its like is its own reference.
std::vector<std::size_t> References(std::span<const Measured> candidates) {
  std::vector<std::size_t> references;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    std::size_t first = at;
    bool any = false;
    bool fp32 = false;
    for (std::size_t other = 0; other < candidates.size(); ++other) {
      const Measured& each = candidates[other];
      if (!each.failure.empty() || !AlikeButForPrecision(*each.model, *candidates[at].model)) {
        continue;
      }
      const bool other_fp32 = each.model->precision == Precision::kFp32;
      if (!any || (other_fp32 && !fp32)) first = other;
      any = true;
      fp32 = fp32 || other_fp32;
    }
    references.push_back(first);
  }
  return references;
}

double Median(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Cosine(std::span<const float> one, std::span<const float> other) {
  double product = 0;
  double squares = 0;
  double other_squares = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    product += double{one[i]} * other[i];
    squares += double{one[i]} * one[i];
    other_squares += double{other[i]} * other[i];
  }
  if (squares == 0 && other_squares == 0) return 1;
  const double lengths = std::sqrt(squares * other_squares);
  return lengths > 0 ? product / lengths : 0;
}

class Measurement {
 public:
  Measurement(std::span<const Model* const> candidates, std::span<const TunePhoto> photos,
              const TuneOptions& options, const Progress& progress)
      : options_(options), progress_(progress) {
    for (const TunePhoto& photo : photos) photos_.push_back(photo);
    std::sort(photos_.begin(), photos_.end(), [](const TunePhoto& one, const TunePhoto& other) {
      return std::pair(SampleRank(one.path), one.path) <
             std::pair(SampleRank(other.path), other.path);
    });
    for (const TunePhoto& photo : photos_) contents_.push_back(photo.content);
    for (const Model* model : candidates) {
      report_.candidates.emplace_back().model = model;
      timed_.emplace_back(*model, photos_.size());
    }
    references_ = References(report_.candidates);
    extractor_.threads = options.threads > 0
                             ? options.threads
                             : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    extractor_.limits = options.limits;
    extractor_.loader = options.loader;
    const auto most = static_cast<std::size_t>(std::max(32, 8 * (extractor_.threads + 1)));
    round_photos_ = std::clamp(photos_.size() / kLeastRounds, std::min<std::size_t>(8, most), most);
    rounds_ = std::max(kLeastRounds, (photos_.size() + round_photos_ - 1) / round_photos_);
  }

  Result<TuneReport> Do() {
    const auto start = Clock::now();
    std::vector<std::vector<std::size_t>> networks;
    std::map<std::string, std::size_t> numbers;  // by digests
    for (std::size_t at = 0; at < report_.candidates.size(); ++at) {
      const auto [number, added] =
          numbers.try_emplace(report_.candidates[at].model->sha256, networks.size());
      if (added) networks.emplace_back();
      networks[number->second].push_back(at);
    }
    std::size_t left = networks.size();
    for (const std::vector<std::size_t>& candidates : networks) {
      const double share = (options_.seconds - Since(start)) / static_cast<double>(left--);
      VERGER_RETURN_IF_ERROR(MeasureNetwork(candidates, share));
      if (report_.short_work) break;
    }
    report_.seconds = Since(start);
    VERGER_RETURN_IF_ERROR(Compare());
    return std::move(report_);
  }

 private:
  // Candidates of one network, among them the references of all.
  Status MeasureNetwork(const std::vector<std::size_t>& group, double seconds) {
    const auto start = Clock::now();
    const std::int64_t done_before = done_;
    for (std::size_t round = 0; round < rounds_; ++round) {
      for (std::size_t turn = 0; turn < group.size(); ++turn) {
        // The first candidate of a round finds the caches as the round before left them.
        const std::size_t at = group[(turn + round) % group.size()];
        if (!report_.candidates[at].failure.empty()) continue;
        TimedCandidate& candidate = timed_[at];
        if (Status done = DoRound(candidate, round); !done) {
          if (at == 0) return done;
          report_.candidates[at].failure = done.error().message;
          candidate.Discard();
          continue;
        }
        VERGER_RETURN_IF_ERROR(Tell());
        if (round == 0 && turn == 0 && group[0] == 0 && references_[0] == 0 && options_.work > 0 &&
            static_cast<double>(options_.work) < kShortWork * candidate.photos_per_second()) {
          report_.short_work = true;
          candidate.Close();
          return Ok();
        }
      }
      // Before work, accuracy is of the whole sample, or it would depend on how busy the machine
      // is.
      const bool sample_done = (round + 1) * round_photos_ >= photos_.size();
      if (Since(start) > seconds || (sample_done && Since(start) > ShareOfWork(group))) break;
    }
    for (const std::size_t at : group) timed_[at].Close();
    done_ = done_before + static_cast<std::int64_t>(group.size() * rounds_);
    return Ok();
  }

  double ShareOfWork(const std::vector<std::size_t>& group) const {
    if (options_.work <= 0) return std::numeric_limits<double>::infinity();
    double best = 0;
    for (const std::size_t at : group) best = std::max(best, timed_[at].photos_per_second());
    return kMeasuredShare * static_cast<double>(options_.work) / best;
  }

  Status DoRound(TimedCandidate& candidate, std::size_t round) {
    const std::span<const Bytes> all(contents_);
    if (!candidate.is_open()) {
      VERGER_RETURN_IF_ERROR(
          candidate.Open(extractor_, all.subspan(0, std::min(kWarmUp, all.size()))));
    }
    const std::size_t in_sample = (all.size() + round_photos_ - 1) / round_photos_;
    const std::size_t begin = round % in_sample * round_photos_;
    return candidate.Extract(all.subspan(begin, std::min(round_photos_, all.size() - begin)), begin,
                             extractor_.threads + 1);
  }

  Status Tell() {
    ++done_;
    const auto total = static_cast<std::int64_t>(timed_.size() * rounds_);
    if (progress_ && !progress_(done_, total)) return Error{Code::kStopped, "stopped while tuning"};
    return Ok();
  }

  // What the base has not seen, it has not rejected; all reject what cannot be decoded.
  bool Rejected(std::size_t photo) const {
    if (photo < timed_[0].measured_photos()) return timed_[0].rejected(photo);
    return std::any_of(timed_.begin(), timed_.end(), [&](const TimedCandidate& each) {
      return photo < each.measured_photos() && each.rejected(photo);
    });
  }

  // Photos of the first `seen` of the sample that neither the base nor the candidate has rejected.
  std::vector<std::size_t> Good(std::size_t at, std::size_t photos) const {
    std::vector<std::size_t> good;
    for (std::size_t photo = 0; photo < photos; ++photo) {
      if (!timed_[0].rejected(photo) && !timed_[at].rejected(photo)) good.push_back(photo);
    }
    return good;
  }

  Status Compare() {
    references_ = References(report_.candidates);
    report_.threads = extractor_.threads;
    report_.sample = static_cast<int>(photos_.size());
    std::size_t tried = 0;
    for (const TimedCandidate& each : timed_) tried = std::max(tried, each.measured_photos());
    for (std::size_t photo = 0; photo < tried; ++photo) {
      if (Rejected(photo)) ++report_.rejected;
    }
    if (Good(0, timed_[0].measured_photos()).empty()) {
      return Error{Code::kBadCall, "no photo of the sample gives features: nothing to compare"};
    }
    for (std::size_t at = 0; at < timed_.size(); ++at) CompareFeatures(at);
    // Accuracy over the photos that base and candidate have: mostly the same of all candidates.
    std::map<std::vector<std::size_t>, Classed> of_base;
    for (std::size_t at = 0; at < timed_.size(); ++at) {
      const std::size_t photos =
          std::min(timed_[at].measured_photos(), timed_[0].measured_photos());
      if (photos == 0) continue;
      const std::vector<std::size_t> good = Good(at, photos);
      const auto [base, added] = of_base.try_emplace(good);
      if (added) base->second = Classify(0, good);
      const Classed own = at == 0 ? base->second : Classify(at, good);
      Measured& measured = report_.candidates[at];
      measured.lost = static_cast<int>(Good(0, photos).size() - good.size());
      measured.classed = own.classed;
      measured.right = own.right;
      measured.base_right = base->second.right;
      if (at != 0) continue;
      report_.labels = own.labels;
      report_.groups = own.groups;
      report_.chance = own.chance;
    }
    return Ok();
  }

  void CompareFeatures(std::size_t at) {
    Measured& measured = report_.candidates[at];
    const TimedCandidate& own = timed_[at];
    measured.reference = references_[at];
    if (own.measured_photos() == 0) return;
    const TimedCandidate& reference = timed_[references_[at]];
    std::vector<std::size_t> good = Good(at, own.measured_photos());
    measured.photos = static_cast<int>(good.size());
    measured.photos_per_second = own.photos_per_second();
    measured.prepare_seconds = own.prepare_seconds();
    std::vector<double> ratios;
    for (std::size_t round = 0; round < own.round_seconds().size(); ++round) {
      ratios.push_back(reference.round_seconds()[round] / own.round_seconds()[round]);
    }
    measured.speed = Median(std::move(ratios));
    std::erase_if(good, [&](std::size_t photo) { return reference.rejected(photo); });
    double sum = 0;
    measured.least_cosine = good.empty() ? 0 : 1;
    for (const std::size_t photo : good) {
      const double cosine = Cosine(own.row(photo), reference.row(photo));
      sum += cosine;
      measured.least_cosine = std::min(measured.least_cosine, cosine);
    }
    measured.mean_cosine = good.empty() ? 0 : sum / static_cast<double>(good.size());
  }

  struct Classed {
    int classed = 0;
    int right = 0;
    int labels = 0;
    int groups = 0;
    double chance = 0;
  };

  Classed Classify(std::size_t at, const std::vector<std::size_t>& good) const {
    std::vector<std::string> paths;
    std::vector<std::string> labels;
    std::vector<float> features;
    for (const std::size_t photo : good) {
      paths.push_back(photos_[photo].path);
      labels.push_back(photos_[photo].label);
      const std::span<const float> row = timed_[at].row(photo);
      features.insert(features.end(), row.begin(), row.end());
    }
    const PhotoGroups groups = GroupPhotos(paths, labels);
    const std::vector<bool> hits =
        NearestCentroidHits(features, report_.candidates[at].model->dimension, groups);
    Classed all;
    std::vector<int> of_label(static_cast<std::size_t>(groups.label_count));
    for (std::size_t photo = 0; photo < hits.size(); ++photo) {
      if (!groups.classed[photo]) continue;
      ++all.classed;
      ++of_label[static_cast<std::size_t>(groups.labels[photo])];
      if (hits[photo]) ++all.right;
    }
    all.labels = groups.label_count;
    all.groups = groups.group_count;
    if (all.classed > 0) {
      all.chance =
          static_cast<double>(*std::max_element(of_label.begin(), of_label.end())) / all.classed;
    }
    return all;
  }

  const TuneOptions& options_;
  const Progress& progress_;
  std::vector<std::size_t> references_;
  std::vector<TunePhoto> photos_;  // by rank
  std::vector<Bytes> contents_;
  std::vector<TimedCandidate> timed_;
  ExtractorOptions extractor_;
  std::size_t round_photos_ = 0;
  std::size_t rounds_ = 0;
  std::int64_t done_ = 0;  // rounds of a candidate
  TuneReport report_;
};

}  // namespace

Result<TuneReport> Measure(std::span<const Model* const> candidates,
                           std::span<const TunePhoto> photos, const TuneOptions& options,
                           const Progress& progress) {
  if (candidates.empty() || photos.empty()) {
    return Error{Code::kBadCall, "tuning takes at least one model and one photo"};
  }
  return Measurement(candidates, photos, options, progress).Do();
}

}  // namespace verger
