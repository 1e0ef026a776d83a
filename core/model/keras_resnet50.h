// keras_resnet50.h: Keras's ResNet50 without its classifier.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/keras_h5.h"

namespace ov {
class Model;
}

namespace verger {

constexpr int kResNet50Features = 2048;

// Builds the network up to its global average pool, batch norms folded into the
// convolutions in double precision. A classifier in the file is ignored. `described`: all layers of
// the network as its description tells them; empty: as the file does.
//
// Shape:  in, float32 (batch, 3, input.height, input.width), preprocessed; out, float32
//         (batch, 2048).
// Errors: kBadModel, naming the layer, for weights that are missing or do not fit, for a network
//         with layers that ResNet50 has not before its pooling (ResNet101, ResNet50V2), and for
//         the file of 2017 of the same name, whose layers have other names.
// Source: keras.applications.resnet50: the stride of a stage is in its first 1x1 convolution
//         and its shortcut, where torchvision strides in the 3x3; tests/golden/keras_resnet50.
Result<std::shared_ptr<ov::Model>> BuildKerasResNet50(const KerasH5& weights, Size input,
                                                      const std::vector<std::string>& described);

}  // namespace verger
