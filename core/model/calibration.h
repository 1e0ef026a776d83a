// calibration.h: what a network's activations are like on photos, by which it is quantised.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// The numbers of a tensor: from 0 to `high`, or, where some are negative, from -high.
struct ActivationRange {
  bool with_negatives = false;
  float high = 1;  // above 0
};

// In the order of the network's quantisation points (quantise.h). Values are multiples of bf16's
// steps, so that photos decide about them rather than a processor's last bits.
struct Calibration {
  std::string subject;                    // CalibrationSubject() of the model
  std::vector<ActivationRange> ranges;    // of each tensor that becomes int8
  std::vector<std::vector<float>> means;  // of each convolution's input, a number a channel

  // Cost: 2 bytes a number: 40 to 56 kB for the embedded networks.
  std::string Serialize() const;

  // Errors: kBadModel for bytes that are no whole calibration.
  static Result<Calibration> Parse(Bytes bytes);
};

// `value` as a bf16: the next one away from 0, and the nearest.
float UpToBf16(float value);
float NearestBf16(float value);

}  // namespace verger
