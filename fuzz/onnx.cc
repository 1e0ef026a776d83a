// onnx.cc: the wire format of ONNX, before the engine sees it, with a side file of weights.
#include "core/model/onnx_file.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const Bytes file = fuzz::AsBytes(data, size);
  const OnnxFile onnx = InspectOnnx(file);
  const auto names = SideFilesOf(file, "fuzz.onnx");
  if (onnx.kind == OnnxKind::kNotOnnx) return 0;
  const std::string weights(4096, '\x3c');
  SideFiles sides;
  if (names) {
    for (const std::string& name : *names) sides.emplace(name, fuzz::AsBytes(weights));
  }
  const auto whole = WholeOnnx(file, sides, "fuzz.onnx");
  if (!whole) {
    VERGER_FUZZ_REQUIRE(!whole.error().message.empty());
    return 0;
  }
  const OnnxFile again = InspectOnnx(fuzz::AsBytes(*whole));
  VERGER_FUZZ_REQUIRE(again.kind == OnnxKind::kSelfContained && !again.widened);
  return 0;
}
