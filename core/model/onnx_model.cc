#include "core/model/onnx_model.h"

#include <fmt/core.h>

#include <openvino/openvino.hpp>
#include <optional>
#include <vector>

#include "core/base/limits.h"
#include "core/model/engine.h"
#include "core/model/engine_error.h"
#include "core/model/input_size.h"
#include "core/model/int8_weights.h"

namespace verger {
namespace {

constexpr std::int64_t kMaxSide = 4096;

std::string Text(const ov::PartialShape& shape) { return shape.to_string(); }

// Where the channels of an input may be; NCHW first where both readings fit.
std::vector<TensorLayout> LayoutsOf(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic()) return {TensorLayout::kNchw, TensorLayout::kNhwc};
  if (shape.size() != 4) return {};
  if (shape[1] == 3) return {TensorLayout::kNchw};
  if (shape[3] == 3) return {TensorLayout::kNhwc};
  std::vector<TensorLayout> layouts;
  if (shape[1].is_dynamic()) layouts.push_back(TensorLayout::kNchw);
  if (shape[3].is_dynamic()) layouts.push_back(TensorLayout::kNhwc);
  return layouts;
}

ov::PartialShape ImageShape(ov::Dimension batch, Size size, TensorLayout layout) {
  if (layout == TensorLayout::kNchw) return {batch, 3, size.height, size.width};
  return {batch, size.height, size.width, 3};
}

std::string ListInputs(const ov::Model& network) {
  std::string text;
  for (const auto& input : network.inputs()) {
    const auto& names = input.get_names();
    text +=
        fmt::format("{}\"{}\" {}", text.empty() ? "" : ", ",
                    names.empty() ? "(no name)" : *names.begin(), Text(input.get_partial_shape()));
  }
  return text;
}

Result<Size> SizeOf(const ov::PartialShape& image, TensorLayout layout, const std::string& name) {
  if (image.rank().is_dynamic()) return kUsualInput;
  const std::size_t row = layout == TensorLayout::kNchw ? 2 : 1;
  const auto side = [](const ov::Dimension& length, int otherwise) -> std::int64_t {
    return length.is_static() ? length.get_length() : otherwise;
  };
  const std::int64_t height = side(image[row], kUsualInput.height);
  const std::int64_t width = side(image[row + 1], kUsualInput.width);
  if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide) {
    return Error{Code::kBadModel, fmt::format("{}: takes images of {} x {}; a side must be 1 to {}",
                                              name, width, height, kMaxSide)};
  }
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

struct Trial {
  bool shaped;  // could be given such images at all
  Result<Features> features;
};

Trial Try(const ov::Model& network, const ov::PartialShape& images, TensorLayout layout,
          const OutputChoice& choice, const std::string& name) {
  const std::shared_ptr<ov::Model> copy = network.clone();
  try {
    copy->reshape(images);
  } catch (const ov::Exception& exception) {
    return {false, Error{Code::kBadModel, fmt::format("{}: cannot take images {} ({})", name,
                                                      Text(images), CauseOf(exception.what()))}};
  }
  return {true, ChooseFeatures(copy, images[0].get_length(), layout, choice, name)};
}

// Reads a network for one layout. A batch of 2 shows whether the graph holds a batch of its own
// somewhere; then it is given that.
Result<OnnxNetwork> ReadLayout(const ov::Model& network, TensorLayout layout, Size size,
                               std::optional<std::int64_t> own, const OutputChoice& choice,
                               const std::string& name) {
  const auto model = [&](Features& features, std::int64_t batch) {
    return OnnxNetwork{features.network,        layout, size,          size, features.dimension,
                       static_cast<int>(batch), false,  features.notes};
  };
  Trial free = Try(network, ImageShape(2, size, layout), layout, choice, name);
  if (free.features) {
    try {
      free.features->network->reshape(ImageShape(ov::Dimension::dynamic(), size, layout));
    } catch (const ov::Exception&) {
      // The compilation sets a batch; that of 2 stays until then.
    }
    return model(*free.features, 0);
  }
  const std::int64_t batch = own.value_or(1);
  Trial fixed = Try(network, ImageShape(batch, size, layout), layout, choice, name);
  if (fixed.features) return model(*fixed.features, batch);
  const bool tell_free = free.shaped ? !own || !fixed.shaped : !fixed.shaped;
  return std::move(tell_free ? free : fixed).features.error();
}

// The network of `own`, read from `file`, at another size of its input.
Result<OnnxNetwork> ReadAtSize(const ov::Model& file, const OnnxNetwork& own, Size size,
                               std::optional<std::int64_t> own_batch, const OutputChoice& choice,
                               const std::string& name) {
  const auto bad = [&](const std::string& why) {
    return Error{
        Code::kBadModel,
        fmt::format("{}: cannot be given images of {} x {} instead of its own {} x {} "
                    "({}): leave the size out, or export the network for it",
                    name, size.width, size.height, own.input.width, own.input.height, why)};
  };
  const std::shared_ptr<ov::Model> padded = file.clone();
  PadBySame(*padded);
  Result<OnnxNetwork> read = ReadLayout(*padded, own.layout, size, own_batch, choice, name);
  if (!read) {
    const std::string prefix = name + ": ";
    const std::string& why = read.error().message;
    return bad(why.starts_with(prefix) ? why.substr(prefix.size()) : why);
  }
  if (read->dimension != own.dimension) {
    return bad(
        fmt::format("it would give {} features instead of {}", read->dimension, own.dimension));
  }
  if (const std::string pooling = NarrowPooling(*own.network, *read->network); !pooling.empty()) {
    return bad(fmt::format("its pooling \"{}\" has a window of fixed sides", pooling));
  }
  read->own = own.input;
  return read;
}

}  // namespace

Result<OnnxNetwork> ReadOnnx(const std::string& file, const std::string& name, int side,
                             const OutputChoice& choice) {
  const auto bad = [&](const std::string& what) {
    return Error{Code::kBadModel, fmt::format("{}: {}", name, what)};
  };
  const std::shared_ptr<ov::Model> network = Engine().read_model(file, ov::Tensor());

  if (network->inputs().size() != 1) {
    return bad(
        fmt::format("has {} inputs ({}); export it with the image as its only input, of a "
                    "network of images and text the part for images",
                    network->inputs().size(), ListInputs(*network)));
  }
  const ov::PartialShape image = network->input().get_partial_shape();
  const std::vector<TensorLayout> layouts = LayoutsOf(image);
  if (layouts.empty() || network->input().get_element_type() != ov::element::f32) {
    return bad(
        fmt::format("takes {} {}; export it for float32 images of 3 channels, (batch, 3, "
                    "height, width) or (batch, height, width, 3)",
                    network->input().get_element_type().get_type_name(), Text(image)));
  }
  std::optional<std::int64_t> own_batch;
  if (image.rank().is_static() && image[0].is_static()) own_batch = image[0].get_length();
  if (own_batch && (*own_batch < 1 || *own_batch > kMaxBatch)) {
    return bad(
        fmt::format("takes {} images at a time; export it for 1 to {}", *own_batch, kMaxBatch));
  }
  std::optional<Result<OnnxNetwork>> first;
  for (const TensorLayout layout : layouts) {
    VERGER_ASSIGN_OR_RETURN(const Size size, SizeOf(image, layout, name));
    Result<OnnxNetwork> read = ReadLayout(*network, layout, size, own_batch, choice, name);
    if (read && side != 0 && read->input != Size{side, side}) {
      read = ReadAtSize(*network, *read, {side, side}, own_batch, choice, name);
      if (!read) return read;
    }
    if (read) {
      read->in_float = HasWideInt8Weights(*network);
      if (read->in_float) {
        read->notes += fmt::format(
            "{}its int8 weights take all 8 bits, which overflow on processors without VNNI: it is "
            "computed in float32, the same on all; for int8's speed quantise it to 7 bits: "
            "quantize_static(..., reduce_range=True)",
            read->notes.empty() ? "" : "\n");
      }
      return read;
    }
    if (!first) first = std::move(read);
  }
  return *std::move(first);
}

}  // namespace verger
