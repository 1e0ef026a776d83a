#include "core/model/network_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string_view>

namespace verger {
namespace {

using Kind = NetworkLayer::Kind;

constexpr std::string_view kMagic = "VERGNET1";  // the last digit is the version
constexpr std::uint32_t kMaxLayers = 1024;
constexpr std::uint32_t kMaxChannels = 4096;  // so that sizes of weights fit in 32 bits
constexpr std::uint32_t kMaxInput = 4096;     // pixels of a side
constexpr std::uint32_t kMaxText = 4096;
constexpr int kPanel = 8;  // the engine computes so many channels at a time

class Writer {
 public:
  void Number(std::uint32_t number) { Raw(&number, sizeof(number)); }
  void Numbers(std::span<const float> numbers) { Raw(numbers.data(), numbers.size_bytes()); }
  void Text(std::string_view text) {
    Number(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  void Stored(std::string_view bytes) { out_ += bytes; }
  std::string Take() { return std::move(out_); }

 private:
  void Raw(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }
  std::string out_;
};

// Once something did not fit, all that follows is 0 or empty, and `failed` says so.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  Bytes Take(std::size_t size) {
    if (size > bytes_.size()) {
      failed = true;
      bytes_ = {};
      return {};
    }
    const Bytes piece = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return piece;
  }
  // A number up to `most`.
  std::uint32_t Number(std::uint32_t most) {
    std::uint32_t number = 0;
    if (const Bytes bytes = Take(sizeof(number)); !failed) {
      std::memcpy(&number, bytes.data(), sizeof(number));
    }
    if (number > most) failed = true;
    return failed ? 0 : number;
  }
  int Count(std::uint32_t most) { return static_cast<int>(Number(most)); }
  void Numbers(std::span<float> numbers) {
    if (const Bytes bytes = Take(numbers.size_bytes()); !bytes.empty()) {  // data() may be null
      std::memcpy(numbers.data(), bytes.data(), numbers.size_bytes());
    }
    if (!std::ranges::all_of(numbers, [](float number) { return std::isfinite(number); })) {
      failed = true;
    }
  }
  std::string Text() {
    const Bytes bytes = Take(Number(kMaxText));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool AtEnd() const { return bytes_.empty(); }

  bool failed = false;

 private:
  Bytes bytes_;
};

WeightStorage StorageOf(const NetworkLayer& layer, WeightStorage storage) {
  const bool sensitive = layer.side > 1 && storage >= WeightStorage::kInt8;
  return sensitive ? WeightStorage::kInt16 : storage;
}

void WritePreset(const Preset& preset, Writer& out) {
  out.Number(static_cast<std::uint32_t>(preset.input.width));
  out.Number(static_cast<std::uint32_t>(preset.input.height));
  out.Number(static_cast<std::uint32_t>(preset.filter));
  out.Number(static_cast<std::uint32_t>(preset.order));
  out.Number(static_cast<std::uint32_t>(preset.views));
  out.Numbers(preset.mean);
  out.Numbers(preset.scale);
  out.Number(static_cast<std::uint32_t>(ShorterSide(preset)));
}

Preset ReadPresetOf(Reader& in) {
  Preset preset;
  preset.input.width = in.Count(kMaxInput);
  preset.input.height = in.Count(kMaxInput);
  preset.filter = static_cast<Filter>(in.Number(kFilterNames.size() - 1));
  preset.order = static_cast<ChannelOrder>(in.Number(1));
  preset.views = in.Count(8);
  in.Numbers(preset.mean);
  in.Numbers(preset.scale);
  preset.crop = in.Count(kMaxInput);  // in pixels, above 1
  const bool has_views = std::ranges::find(kViews, preset.views) != kViews.end();
  const bool has_scale = std::ranges::all_of(preset.scale, [](float scale) { return scale > 0; });
  const bool has_pixels = preset.input.width > 0 && preset.input.height > 0;
  const bool square = preset.input.width == preset.input.height;
  const bool has_square = square || (preset.crop == 0 && preset.views != 8);
  const bool fits = preset.crop == 0 || preset.crop >= std::max(2, preset.input.width);
  if (!has_views || !has_scale || !has_pixels || !has_square || !fits) in.failed = true;
  return preset;
}

// The bias that makes up for what the layer's outputs lose by `stored` weights, on average.
std::vector<float> BiasFor(const NetworkLayer& layer, WeightStorage storage, Bytes stored) {
  std::vector<float> bias = layer.bias;
  if (layer.side > 1 || layer.means.size() != layer.length()) return bias;
  const std::vector<float> weights = LoadWeights(storage, bias.size(), layer.length(), stored);
  for (std::size_t at = 0; at < weights.size(); ++at) {
    bias[at / layer.length()] +=
        (layer.weights[at] - weights[at]) * layer.means[at % layer.length()];
  }
  return bias;
}

void WriteLayer(const NetworkLayer& layer, WeightStorage storage, Writer& out) {
  out.Number(static_cast<std::uint32_t>(layer.kind));
  out.Number(static_cast<std::uint32_t>(layer.inputs));
  out.Number(static_cast<std::uint32_t>(layer.outputs));
  out.Number(static_cast<std::uint32_t>(layer.side));
  out.Number(static_cast<std::uint32_t>(layer.stride));
  for (const int pad : layer.pads) out.Number(static_cast<std::uint32_t>(pad));
  out.Number(layer.relu6 ? 1 : 0);
  out.Number(layer.shortcut ? 1 : 0);
  const WeightStorage own = StorageOf(layer, storage);
  out.Number(static_cast<std::uint32_t>(own));
  const std::string stored =
      StoreWeights(own, static_cast<std::size_t>(layer.outputs), layer.weights);
  out.Numbers(BiasFor(layer, own, std::as_bytes(std::span(stored))));
  out.Stored(stored);
}

NetworkLayer ReadLayer(Reader& in) {
  NetworkLayer layer;
  layer.kind = static_cast<Kind>(in.Number(1));
  layer.inputs = in.Count(kMaxChannels);
  layer.outputs = in.Count(kMaxChannels);
  layer.side = in.Count(5);
  layer.stride = in.Count(2);
  for (int& pad : layer.pads) pad = in.Count(4);
  layer.relu6 = in.Number(1) == 1;
  layer.shortcut = in.Number(1) == 1;
  const auto storage =
      static_cast<WeightStorage>(in.Number(static_cast<std::uint32_t>(WeightStorage::kInt16)));
  const auto outputs = static_cast<std::size_t>(layer.outputs);
  const std::size_t stored = StoredBytes(storage, outputs, layer.length());
  if (in.failed) return layer;
  layer.bias.resize(outputs);
  in.Numbers(layer.bias);
  const Bytes bytes = in.Take(stored);  // before memory is allocated for it
  if (in.failed) return layer;
  layer.weights = LoadWeights(storage, outputs, layer.length(), bytes);
  return layer;
}

// How a layer of its own differs from the one of an EfficientNet-Lite at that place; "" if it does
// not. The first is the image's, and after it every third is depthwise, every third narrowing.
std::string Difference(const NetworkLayer& layer, std::size_t at) {
  const bool stem = at == 0;
  const bool depthwise = at % 3 == 1;
  const bool narrowing = at % 3 == 2;
  if ((layer.kind == Kind::kDepthwise) != depthwise) {
    return depthwise ? "is not depthwise" : "is depthwise";
  }
  if (depthwise ? layer.side != 3 && layer.side != 5 : layer.side != (stem ? 3 : 1)) {
    return fmt::format("has a window of {} x {}", layer.side, layer.side);
  }
  const bool may_stride = stem || depthwise;
  if (layer.stride != (stem ? 2 : 1) && (layer.stride != 2 || !may_stride)) {
    return fmt::format("has a stride of {}", layer.stride);
  }
  if (layer.relu6 == narrowing) return narrowing ? "has a ReLU6" : "has no ReLU6";
  if (layer.shortcut && (!narrowing || at == 2)) return "has a shortcut";
  if (layer.outputs % kPanel != 0 || layer.outputs == 0 ||
      (depthwise && layer.outputs != layer.inputs)) {
    return fmt::format("gives {} channels", layer.outputs);
  }
  for (const int pad : layer.pads) {
    if (pad < 0 || pad >= layer.side) return fmt::format("is padded by {} pixels", pad);
  }
  return "";
}

}  // namespace

Error NotOfTheApp(const std::string& name, const std::string& difference) {
  return {Code::kBadModel,
          fmt::format("{}: the phone app computes EfficientNet-Lite0, -Lite1 and -Lite2, and this "
                      "network is another: {}; run the photos with --model efficientnet-lite0",
                      name, difference)};
}

Status CheckNetwork(const NetworkFile& network) {
  const auto bad = [&](const std::string& what) { return NotOfTheApp(network.name, what); };
  const std::vector<NetworkLayer>& layers = network.layers;
  if (layers.size() < 7 || layers.size() % 3 != 1) {
    return bad(fmt::format("it has {} convolutions", layers.size()));
  }
  Size map = network.preset.input;
  Size block;  // the map that a block begins with
  int channels = 3;
  for (std::size_t at = 0; at < layers.size(); ++at) {
    const NetworkLayer& layer = layers[at];
    std::string difference = Difference(layer, at);
    if (difference.empty() && layer.inputs != channels) {
      difference = fmt::format("takes {} channels", layer.inputs);
    }
    if (difference.empty() && (map.width + layer.pads[1] + layer.pads[3] < layer.side ||
                               map.height + layer.pads[0] + layer.pads[2] < layer.side)) {
      difference = "has no pixels at this size of the input";
    }
    if (difference.empty() && layer.shortcut &&
        (layer.outputs != layers[at - 3].outputs || map != block)) {
      difference = "has a shortcut of another shape";
    }
    if (!difference.empty()) return bad(fmt::format("convolution {} {}", at + 1, difference));
    if (at % 3 == 0) block = map;
    map = layer.OutputSize(map);
    channels = layer.outputs;
  }
  return Ok();
}

Result<std::string> WriteNetworkFile(const NetworkFile& network, WeightStorage storage) {
  VERGER_RETURN_IF_ERROR(CheckNetwork(network));
  Writer out;
  out.Stored(kMagic);
  out.Text(network.name);
  out.Text(network.identity);
  WritePreset(network.preset, out);
  out.Number(static_cast<std::uint32_t>(network.layers.size()));
  for (const NetworkLayer& layer : network.layers) {
    const auto finite = [](float number) { return std::isfinite(number); };
    if (!std::ranges::all_of(layer.weights, finite) || !std::ranges::all_of(layer.bias, finite)) {
      return Error{Code::kBadModel, fmt::format("{} has weights that are not finite: export it "
                                                "again",
                                                network.name)};
    }
    WriteLayer(layer, storage, out);
  }
  return out.Take();
}

Result<NetworkFile> ReadNetworkFile(Bytes file) {
  Reader in(file);
  const Bytes magic = in.Take(kMagic.size());
  in.failed = in.failed || !std::ranges::equal(magic, std::as_bytes(std::span(kMagic)));
  NetworkFile network;
  network.name = in.Text();
  network.identity = in.Text();
  network.preset = ReadPresetOf(in);
  const std::uint32_t count = in.Number(kMaxLayers);
  for (std::uint32_t at = 0; at < count && !in.failed; ++at) {
    network.layers.push_back(ReadLayer(in));
  }
  if (in.failed || !in.AtEnd()) {
    return Error{Code::kBadModel,
                 "the network's file is damaged or of another version of the app: load the page "
                 "again, or write the app again with verger app"};
  }
  VERGER_RETURN_IF_ERROR(CheckNetwork(network));
  return network;
}

}  // namespace verger
