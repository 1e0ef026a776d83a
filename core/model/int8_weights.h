// int8_weights.h: quantised networks that would not be the same on every processor.
#pragma once

namespace ov {
class Model;
}

namespace verger {

// True if a network is quantised and has weights of more than 7 bits. Processors without VNNI add
// two products of 8 bits in 16 and cut the sum off, with no error; 7 bits (`reduce_range=True` of
// ONNX Runtime) cannot overflow. Such a network is right on all of them in float32 alone.
// Cost: looks at every weight of 8 bits.
bool HasWideInt8Weights(const ov::Model& network);

}  // namespace verger
