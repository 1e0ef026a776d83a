// onnx_model.h: an ONNX network that maps images to feature vectors.
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/preprocess.h"

namespace ov {
class Model;
}

namespace verger {

struct OnnxNetwork {
  std::shared_ptr<ov::Model> network;  // (batch, 3, height, width) or NHWC -> (batch, dimension)
  TensorLayout layout;
  Size input;
  int dimension;
};

// Reads an ONNX file whose one input is a batch of float32 images of 3 channels
// and whose first output is a float32 vector an image; 1 x 1 maps count as vectors.
// The batch becomes free; a height or width that is free becomes that of `fallback`.
//
// Requires: InspectOnnx(file) is kSelfContained.
// Errors: kBadModel, with `name` and the remedy; throws what the engine throws.
Result<OnnxNetwork> ReadOnnx(Bytes file, const std::string& name, Size fallback);

}  // namespace verger
