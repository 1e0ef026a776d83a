// external_data.h: what an ONNX file is, told from its bytes before anything parses it.
#pragma once

#include "core/base/bytes.h"

namespace verger {

enum class OnnxKind {
  kNotOnnx,         // no protobuf message with the fields of an ONNX model
  kSelfContained,   // every tensor is inside the file
  kExternalTensor,  // a tensor asks for another file to be read
};

// Walks the protobuf wire format. A tensor with external data names a path, and
// whoever opens it reads any file of the machine that the model's author chose.
//
// Cost: skips over tensor data; allocates nothing.
// Source: onnx.proto, fields of ModelProto, GraphProto, NodeProto, TensorProto.
OnnxKind InspectOnnx(Bytes file);

}  // namespace verger
