#include "core/model/other_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/model/stored_zip.h"

namespace verger {
namespace {

constexpr const char* kPyTorch =
    "; in Python, of the network: torch.onnx.export(net.eval(), torch.zeros(1, 3, 224, 224), "
    "\"mine.onnx\")";
constexpr const char* kSafetensors =
    "a safetensors file: weights without the network; of a model of Hugging Face: optimum-cli "
    "export onnx --model FOLDER --task feature-extraction OUT, then give OUT/model.onnx";
constexpr const char* kSavedModel =
    "a SavedModel of TensorFlow; python -m tf2onnx.convert --saved-model FOLDER --output mine.onnx";
constexpr const char* kUnpack = "; unpack it and give the file in it";

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view what;
};
constexpr std::array<Magic, 14> kMagics = {{
    {0, "version https://git-lfs", "a Git LFS pointer, not the file itself; run 'git lfs pull'"},
    {4, "TFL3",
     "a network of TensorFlow Lite; python -m tf2onnx.convert --tflite FILE --output mine.onnx"},
    {4, "ORTM", "a network in ONNX Runtime's own format (.ort); give the .onnx it was made from"},
    {0, "GGUF", "a GGUF file, weights of a language model; give an .onnx or .h5 file"},
    {0, "ftrt", "an engine of TensorRT, for one GPU; give the .onnx it was made from"},
    {0, "\x93NUMPY", "an array of NumPy (.npy), not a network; give an .onnx or .h5 file"},
    {0, "\x1f\x8b", "compressed by gzip; unpack it first"},
    {0, "BZh", "compressed by bzip2; unpack it first"},
    {0,
     "\xfd"
     "7zXZ",
     "compressed by xz; unpack it first"},
    {0, "\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first"},
    {0, "\xff\xd8\xff", "a photo (JPEG), not a network; give an .onnx or .h5 file"},
    {0, "\x89PNG", "a photo (PNG), not a network; give an .onnx or .h5 file"},
    {0, "PAR1", "a Parquet file, not a network; give an .onnx or .h5 file"},
    {257, "ustar", "a tar archive; unpack it and give the file in it"},
}};

std::string_view Text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string WhatZipIs(Bytes file) {
  const auto entries = ReadZip(file);
  if (!entries) return "a zip archive that is cut short or damaged; copy or download it again";
  const auto any = [&](std::string_view end) {
    return std::ranges::any_of(*entries,
                               [&](const ZipEntry& entry) { return entry.name.ends_with(end); });
  };
  if (FindEntry(*entries, "config.json") || FindEntry(*entries, "model.weights.h5")) return "";
  if (any("data.pkl")) {
    return std::string(any("constants.pkl") ? "a network of TorchScript (.pt)"
                                            : "weights of PyTorch (.pt, .pth)") +
           kPyTorch;
  }
  if (any(".pte") || any("models/model.json")) {
    return std::string("a program of torch.export (.pt2)") + kPyTorch;
  }
  if (any("saved_model.pb")) return std::string("a zip archive of a SavedModel") + kUnpack;
  if (any(".npy")) return "arrays of NumPy (.npz), not a network; give an .onnx or .h5 file";
  return std::string("a zip archive") + kUnpack;
}

// XML and what looks like it.
std::string WhatMarkupIs(std::string_view text) {
  if (Contains(text.substr(0, 1000), "<net ")) {
    return "a network of OpenVINO (.xml); give the .onnx it was made from";
  }
  return "a web page or XML, not a network; download the file itself";
}

// A SavedModel says its version and the tags of its graphs first, a frozen graph its nodes.
std::string WhatTensorFlowIs(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  if (text.starts_with(std::string_view("\x08\x01\x12")) && Contains(head, "serve")) {
    return kSavedModel;
  }
  const bool nodes =
      text.starts_with('\x0a') && (Contains(head, "Placeholder") || Contains(head, "Const"));
  return nodes ? "a frozen graph of TensorFlow (.pb); python -m tf2onnx.convert --graphdef FILE "
                 "--inputs NAME:0 --outputs NAME:0 --output mine.onnx"
               : "";
}

std::string WhatNameSays(std::string_view name) {
  if (name.ends_with(".pb")) return kSavedModel;
  if (name.ends_with(".bin")) {
    return "weights without their network (.bin); give the .onnx that they were made from";
  }
  return "";
}

}  // namespace

std::string WhatItIsInstead(Bytes file, std::string_view name) {
  const std::string_view text = Text(file);
  for (const Magic& magic : kMagics) {
    if (text.size() > magic.at && text.substr(magic.at).starts_with(magic.bytes)) {
      return std::string(magic.what);
    }
  }
  if (text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06")) return WhatZipIs(file);
  if (text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5) {
    return std::string("a Python pickle (.pkl, .pth of old PyTorch), which may run code") +
           kPyTorch;
  }
  const std::size_t begin = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (begin != std::string_view::npos && text[begin] == '<')
    return WhatMarkupIs(text.substr(begin));
  if (begin != std::string_view::npos && text[begin] == '{') {
    return "JSON, the description of a network without its weights; give the file of both";
  }
  // Eight bytes of the length of the JSON behind them.
  if (text.size() > 9 && text[8] == '{' && text.substr(4, 4) == std::string_view("\0\0\0\0", 4)) {
    return kSafetensors;
  }
  const std::string graph = WhatTensorFlowIs(text);
  return graph.empty() ? WhatNameSays(name) : graph;
}

std::string WhatFolderIsInstead(std::span<const std::string> names) {
  const auto with = [&](std::string_view end) -> std::optional<std::string> {
    const auto name =
        std::ranges::find_if(names, [&](const std::string& each) { return each.ends_with(end); });
    return name == names.end() ? std::nullopt : std::optional(*name);
  };
  if (const auto onnx = with(".onnx"))
    return fmt::format("a folder; give the file in it: {}", *onnx);
  if (with("saved_model.pb") || with("saved_model.pbtxt")) return kSavedModel;
  if (with(".safetensors") || with("pytorch_model.bin")) {
    return "a model of Hugging Face; optimum-cli export onnx --model FOLDER --task "
           "feature-extraction OUT, then give OUT/model.onnx";
  }
  if (const auto h5 = with(".h5")) return fmt::format("a folder; give the file in it: {}", *h5);
  if (const auto keras = with(".keras")) {
    return fmt::format("a folder; give the file in it: {}", *keras);
  }
  return "a folder; give a file: .h5 or .keras of Keras's ResNet50, or .onnx";
}

}  // namespace verger
