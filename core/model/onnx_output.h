// onnx_output.h: which tensor of a network is an image's features.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/model/preprocess.h"

namespace ov {
class Model;
}

namespace verger {

// What a caller says of a network's features; empty: what fits, if one thing does.
struct OutputChoice {
  std::string output;  // its name, of an output or of a tensor inside
  std::string pool;    // "cls": the first token; "mean": of tokens, or of the places of a map
};

struct Features {
  std::shared_ptr<ov::Model> network;  // one output, (batch, dimension)
  int dimension;
  std::string notes;  // what makes one doubt that they are features, a line each; mostly empty
};

// Leaves the output that `choice` names, or else the only one that fits: a float32 vector an
// image, whose other sides are 1; with a pooling, tokens (batch, t, d) or a map.
//
// Requires: `network` is reshaped to images of that batch in `layout`; names of `choice` are valid.
// Errors: kBadModel, with `name`, every output by name and shape, and the remedy.
Result<Features> ChooseFeatures(const std::shared_ptr<ov::Model>& network, std::int64_t batch,
                                TensorLayout layout, const OutputChoice& choice,
                                const std::string& name);

// Errors: kBadCall for a pooling that is none.
Status CheckChoice(const OutputChoice& choice);

}  // namespace verger
