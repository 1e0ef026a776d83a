// onnx_model.h: an ONNX network that maps images to feature vectors.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/onnx_output.h"
#include "core/model/preprocess.h"

namespace ov {
class Model;
}

namespace verger {

struct OnnxNetwork {
  std::shared_ptr<ov::Model> network;  // (batch, 3, height, width) or NHWC -> (batch, dimension)
  TensorLayout layout;
  Size own;    // of the input as the file has it
  Size input;  // as asked for, or its own
  int dimension;
  int batch;          // images that the network must be given at a time; 0: any number
  bool in_float;      // to be computed without int8: see HasWideInt8Weights
  std::string notes;  // a line each: what the user should know of it
};

// Reads an ONNX network, as one whole file, whose one input is a batch of float32 images of 3
// channels, and leaves the output that `choice` and ChooseFeatures() find.
//
// A batch that the graph can't leave is kept. Sides that are free become kUsualInput, and free
// channels 3, if the network can be given them. `side`: of the square input it is to have instead
// of its own; 0: its own.
//
// Errors: kBadModel, with `name` and the remedy, also for a network that can't be given that side;
//         throws what the engine throws.
Result<OnnxNetwork> ReadOnnx(const std::string& file, const std::string& name, int side,
                             const OutputChoice& choice);

}  // namespace verger
