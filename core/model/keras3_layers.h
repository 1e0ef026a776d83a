// keras3_layers.h: the layers of a .weights.h5 file, which Keras 3 also puts into its .keras.
#pragma once

#include <hdf5.h>

#include <optional>
#include <vector>

#include "core/model/keras_h5.h"

namespace verger {

// Every network in the file, the outermost first; nothing if a group is damaged, the networks are
// nested deeper than 8, or have more than 100,000
// layers and weights. Paths are those below `root`.
//
// Source: keras/src/saving/saving_lib.py. Weights have numbers: of two, kernel and bias; of four,
//         gamma, beta, mean and variance. A layer is called by the attribute "name" of its "vars";
//         before Keras 3.6 it has none, and goes by its class and number, e.g. "conv2d_7": then
//         a network with as many of both as ResNet50 has its layers' names.
std::optional<std::vector<KerasLayers>> ReadKeras3Layers(hid_t root);

}  // namespace verger
