// timed_candidate.h: one candidate at work on a sample.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/extract/extractor.h"
#include "core/model/model.h"

namespace verger {

// Features of the photos of a sample, and how long they took.
class TimedCandidate {
 public:
  TimedCandidate(const Model& model, std::size_t photos);

  // Compiles the network, and extracts `warm_up` without counting it.
  // Errors: those of Extractor.
  Status Open(const ExtractorOptions& options, std::span<const Bytes> warm_up);

  // Frees the compiled network; what was measured stays.
  void Close() { extractor_.reset(); }

  // As if it had never been opened.
  void Discard();

  // Extracts the photos, which stand at `begin` in the sample, on `callers` threads.
  // Requires: Open. Errors: those of Extractor.
  Status Extract(std::span<const Bytes> photos, std::size_t begin, int callers);

  bool is_open() const { return extractor_.has_value(); }
  double prepare_seconds() const { return prepare_seconds_; }
  const std::vector<double>& round_seconds() const { return round_seconds_; }
  double photos_per_second() const;
  // From the first of the sample on.
  std::size_t measured_photos() const { return measured_photos_; }
  bool rejected(std::size_t photo) const { return rejected_[photo] != 0; }
  std::span<const float> row(std::size_t photo) const;

 private:
  const Model& model_;
  std::optional<Extractor> extractor_;
  double prepare_seconds_ = 0;
  std::vector<double> round_seconds_;
  std::size_t timed_ = 0;  // photos, over all rounds
  std::size_t measured_photos_ = 0;
  std::vector<float> features_;
  std::vector<char> rejected_;  // not bool: threads write side by side
};

}  // namespace verger
