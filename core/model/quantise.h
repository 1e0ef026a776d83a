// quantise.h: a network in int8.
#pragma once

#include <memory>
#include <openvino/core/node_output.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/calibration.h"

namespace ov {
class Model;
}

namespace verger {

// To be raised when the same calibration comes to give other features: part of int8's identity.
inline constexpr int kQuantiser = 2;

// Where a network is quantised, in an order that its graph alone decides.
struct QuantisationPoints {
  std::vector<ov::Output<ov::Node>> tensors;              // that become int8
  std::vector<std::shared_ptr<ov::Node>> convolutions;    // whose weights do
  std::vector<std::shared_ptr<ov::Node>> tensor_readers;  // convolutions, and sums of two tensors
};

// Works out constants, and finds the points. Errors: kBadCall, with `name`, for a network without
// convolutions of constant weights, and for one that is quantised already.
Result<QuantisationPoints> FindPoints(const std::shared_ptr<ov::Model>& network,
                                      const std::string& name);

// The same, for a calibration of this network. Errors: kBadModel if it is of another.
Result<QuantisationPoints> PointsFor(const std::shared_ptr<ov::Model>& network,
                                     const Calibration& calibration, const std::string& name);

// Makes convolutions and the sums between them int8, as OpenVINO lowers them: activations of 8 bits
// for each tensor, weights of 7 for each output channel, since 8 overflow on processors without
// VNNI; of 8 in depthwise convolutions, which add their products in 32 bits everywhere. Weights are
// rounded so that the sum of each output channel stays, and biases take up what rounding moves the
// channel's mean by: with the plain nearest values EfficientNet-Lite0 comes to a mean cosine of .98
// to its own float32 features, so to .995.
//
// Errors: as PointsFor.
Status Quantise(const std::shared_ptr<ov::Model>& network, const Calibration& calibration,
                const std::string& name);

}  // namespace verger
