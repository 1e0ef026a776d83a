// input_size.h: what of an ONNX network depends on the sides of its input, without saying so.
#pragma once

#include <string>

namespace ov {
class Model;
}

namespace verger {

// Has strided windows that are padded by TensorFlow's rule SAME padded by it at any sides: how many
// pixels that are, and on which side, depends on the input's, and the file holds those of its own.
//
// A network is taken to be TensorFlow's if one of them has a pixel more at its end, which other
// libraries never do. Pads that are not of the rule stay.
//
// Requires: the sides of the input are those that the file was written for.
void PadBySame(ov::Model& network);

// The pooling of `other`, the same network at other sides of the input, that covered the whole map
// in `own` by a window of fixed sides, and would now leave some of it out; or "".
std::string NarrowPooling(const ov::Model& own, const ov::Model& other);

}  // namespace verger
