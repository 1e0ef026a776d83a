#include "core/tune/timed_candidate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

namespace verger {
namespace {

// Photos of one call: as many as the network sees at a time, so that the last call of a round keeps
// no one waiting for long.
constexpr std::size_t kPhotosOfCall = 4;

double Since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TimedCandidate::TimedCandidate(const Model& model, std::size_t photos)
    : model_(model),
      features_(photos * static_cast<std::size_t>(model.dimension)),
      rejected_(photos) {}

Status TimedCandidate::Open(const ExtractorOptions& options, std::span<const Bytes> warm_up) {
  const auto start = std::chrono::steady_clock::now();
  VERGER_ASSIGN_OR_RETURN(Extractor created, Extractor::Create(model_, options));
  VERGER_RETURN_IF_ERROR(created.Extract(warm_up));
  extractor_.emplace(std::move(created));
  prepare_seconds_ = Since(start);
  return Ok();
}

void TimedCandidate::Discard() {
  Close();
  round_seconds_.clear();
  timed_ = 0;
  measured_photos_ = 0;
}

Status TimedCandidate::Extract(std::span<const Bytes> photos, std::size_t begin, int callers) {
  const auto width = static_cast<std::size_t>(model_.dimension);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Status outcome = Ok();
  const auto fail = [&](const Error& error) {
    const std::lock_guard lock(mutex);
    outcome = error;
    next = photos.size();
  };
  const auto step = [&] {
    while (true) {
      const std::size_t from = next.fetch_add(kPhotosOfCall);
      if (from >= photos.size()) return;
      const auto batch =
          extractor_->Extract(photos.subspan(from, std::min(kPhotosOfCall, photos.size() - from)));
      if (!batch) return fail(batch.error());
      std::copy(batch->features.begin(), batch->features.end(),
                features_.begin() + static_cast<std::ptrdiff_t>((begin + from) * width));
      for (std::size_t row = 0; row < batch->errors.size(); ++row) {
        rejected_[begin + from + row] = batch->errors[row].empty() ? 0 : 1;
      }
    }
  };
  const auto work = [&] {
    try {
      step();
    } catch (const std::exception&) {  // of a thread it would end the process
      fail({Code::kInternal, "out of memory while comparing models"});
    }
  };
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  try {
    threads.reserve(static_cast<std::size_t>(std::max(1, callers)));
    while (std::ssize(threads) + 1 < callers) threads.emplace_back(work);
  } catch (const std::exception&) {
    // A limit on processes, or no memory: this thread does it with those there are.
  }
  work();
  for (std::thread& thread : threads) thread.join();
  round_seconds_.push_back(Since(start));
  timed_ += photos.size();
  measured_photos_ = std::max(measured_photos_, begin + photos.size());
  return outcome;
}

double TimedCandidate::photos_per_second() const {
  const double seconds = std::accumulate(round_seconds_.begin(), round_seconds_.end(), 0.0);
  return seconds > 0 ? static_cast<double>(timed_) / seconds : 0;
}

std::span<const float> TimedCandidate::row(std::size_t photo) const {
  const auto width = static_cast<std::size_t>(model_.dimension);
  return std::span(features_).subspan(photo * width, width);
}

}  // namespace verger
