// onnx_file.h: what an ONNX file is, by its bytes, before anything parses it, and the one
// file that it makes with the files of weights beside it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

enum class OnnxKind {
  kNotOnnx,         // no protobuf message with the fields of an ONNX model
  kSelfContained,   // every tensor is inside the file
  kExternalTensor,  // a tensor asks for another file to be read
};

struct OnnxFile {
  OnnxKind kind = OnnxKind::kNotOnnx;
  std::vector<std::string>
      locations;         // files that its tensors name, in order of appearance; "" too
  bool widened = false;  // a tensor is bfloat16 in int32_data, which the engine reads as garbage
};

// Walks the protobuf wire format. A tensor with external data names a path, and
// opening it reads any file of the machine that the model's author chose.
//
// Cost: skips over tensor data.
OnnxFile InspectOnnx(Bytes file);

// Files beside an ONNX file, by the names that it has for them.
using SideFiles = std::map<std::string, Bytes>;

// The names of the files that `file` keeps weights in; none for one that is whole.
//
// Errors: kBadModel, with `name`, for a path that leads out of the folder of the file.
Result<std::vector<std::string>> SideFilesOf(Bytes file, const std::string& name);

// The same network as one file that names no other, bfloat16 as the engine reads it.
//
// Requires: InspectOnnx(file).kind is not kNotOnnx.
// Errors: kBadModel, with `name` and the tensor, for a side file that is missing or too short, for
// a
//         tensor whose bytes are not as many as its shape needs, and for 2 GiB and more.
// Cost:   three copies of the whole at most.
Result<std::string> WholeOnnx(Bytes file, const SideFiles& sides, const std::string& name);

}  // namespace verger
