#include "core/model/onnx_output.h"

#include <fmt/core.h>

#include <algorithm>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <vector>

#include "core/base/limits.h"
#include "core/model/class_scores.h"

namespace verger {
namespace {

namespace op = ov::opset13;
using Tensor = ov::Output<ov::Node>;

enum class Kind { kNone, kVector, kTokens, kMap };

// (batch, D) with sides of 1 anywhere; for one image also (D).
int VectorLength(const ov::PartialShape& shape, std::int64_t batch) {
  if (shape.is_dynamic() || shape.size() == 0) return 0;
  const bool bare = batch == 1 && shape.size() == 1;
  if (!bare && (shape.size() < 2 || shape[0] != batch)) return 0;
  std::int64_t length = 1;
  for (std::size_t side = bare ? 0 : 1; side < shape.size(); ++side) {
    const std::int64_t here = shape[side].get_length();
    if (here < 1 || (length > 1 && here > 1)) return 0;
    length = std::max(length, here);
  }
  return length <= kMaxDimension ? static_cast<int>(length) : 0;
}

Kind KindOf(const Tensor& tensor, std::int64_t batch) {
  const ov::PartialShape& shape = tensor.get_partial_shape();
  if (tensor.get_element_type() != ov::element::f32 || shape.is_dynamic()) return Kind::kNone;
  if (VectorLength(shape, batch) > 0) return Kind::kVector;
  if (shape.size() < 3 || shape[0] != batch) return Kind::kNone;
  return shape.size() == 3 ? Kind::kTokens : shape.size() == 4 ? Kind::kMap : Kind::kNone;
}

std::string NameOf(const Tensor& tensor) {
  const auto& names = tensor.get_names();
  return names.empty() ? "(no name)" : *std::min_element(names.begin(), names.end());
}

// "last_hidden_state" f32 (2,197,768), "pooler_output" f32 (2,768)
std::string List(const std::vector<Tensor>& tensors) {
  std::string text;
  for (const Tensor& tensor : tensors) {
    std::string shape = tensor.get_partial_shape().to_string();
    if (shape.starts_with('[')) shape = "(" + shape.substr(1, shape.size() - 2) + ")";
    text += fmt::format("{}\"{}\" {} {}", text.empty() ? "" : ", ", NameOf(tensor),
                        tensor.get_element_type().get_type_name(), shape);
  }
  return text;
}

// The tensor of that name: an output before one inside.
std::optional<Tensor> Find(ov::Model& network, const std::string& name) {
  for (const Tensor& output : network.outputs()) {
    if (output.get_names().contains(name)) return output.get_node()->input_value(0);
  }
  for (const auto& node : network.get_ops()) {
    for (const Tensor& output : node->outputs()) {
      if (output.get_names().contains(name)) return output;
    }
  }
  return std::nullopt;
}

// What a tensor is but another shape of.
Tensor Source(Tensor tensor) {
  while (ov::is_type<op::Reshape>(tensor.get_node()) ||
         ov::is_type<op::Squeeze>(tensor.get_node()) ||
         ov::is_type<op::Unsqueeze>(tensor.get_node())) {
    tensor = tensor.get_node()->input_value(0);
  }
  return tensor;
}

Tensor Pooled(const Tensor& tensor, Kind kind, const std::string& pool, TensorLayout layout) {
  const auto ints = [](const std::vector<std::int64_t>& values) {
    return op::Constant::create(ov::element::i64, {values.size()}, values);
  };
  if (kind == Kind::kMap) {
    const auto axes = layout == TensorLayout::kNchw ? ints({2, 3}) : ints({1, 2});
    return std::make_shared<op::ReduceMean>(tensor, axes, false);
  }
  if (pool == "mean") return std::make_shared<op::ReduceMean>(tensor, ints({1}), false);
  const auto first = op::Constant::create(ov::element::i64, {}, {0});
  const auto axis = op::Constant::create(ov::element::i64, {}, {1});
  return std::make_shared<op::Gather>(tensor, first, axis);
}

}  // namespace

Status CheckChoice(const OutputChoice& choice) {
  if (choice.pool.empty() || choice.pool == "cls" || choice.pool == "mean") return Ok();
  return Error{Code::kBadCall,
               fmt::format("there is no pooling \"{}\"; choose one of: cls, mean", choice.pool)};
}

Result<Features> ChooseFeatures(const std::shared_ptr<ov::Model>& network, std::int64_t batch,
                                TensorLayout layout, const OutputChoice& choice,
                                const std::string& name) {
  const auto bad = [&](const std::string& what) {
    return Error{Code::kBadModel, fmt::format("{}: {}", name, what)};
  };
  std::vector<Tensor> candidates;
  for (const Tensor& output : network->outputs()) candidates.push_back(output);
  const std::string outputs = List(candidates);
  for (Tensor& output : candidates) output = output.get_node()->input_value(0);
  if (!choice.output.empty()) {
    const auto tensor = Find(*network, choice.output);
    if (!tensor) {
      return bad(fmt::format("has no output \"{}\"; for {} image(s) it gives {}", choice.output,
                             batch, outputs));
    }
    candidates = {*tensor};
  }
  const auto fits = [&](const Tensor& tensor) {
    const Kind kind = KindOf(tensor, batch);
    if (choice.pool.empty()) return kind == Kind::kVector;
    return kind == Kind::kTokens || (kind == Kind::kMap && choice.pool == "mean");
  };
  std::vector<Tensor> fitting;
  std::ranges::copy_if(candidates, std::back_inserter(fitting), fits);
  const auto same = [&](const Tensor& tensor) { return Source(tensor) == Source(fitting[0]); };
  if (fitting.size() > 1 && std::ranges::all_of(fitting, same)) fitting.resize(1);
  const auto any = [&](Kind kind) {
    return std::ranges::any_of(candidates,
                               [&](const Tensor& t) { return KindOf(t, batch) == kind; });
  };
  if (fitting.size() > 1) {
    return bad(
        fmt::format("several outputs are features: {}; name one by --output (output= in "
                    "Python)",
                    List(fitting)));
  }
  if (fitting.empty()) {
    const std::string gives = choice.output.empty()
                                  ? fmt::format("gives {} for {} image(s)", outputs, batch)
                                  : fmt::format("\"{}\" is {}", choice.output, List(candidates));
    if (!choice.pool.empty()) {
      return bad(fmt::format(
          "{}: --pool {} is for {}; leave it out, or name another output", gives, choice.pool,
          choice.pool == "cls" ? "tokens (batch, t, d)" : "tokens (batch, t, d) and maps"));
    }
    const std::string_view remedy =
        any(Kind::kTokens) ? "for tokens (batch, t, d) give --pool cls (the first) or --pool mean "
                             "(pool= in Python)"
        : any(Kind::kMap)  ? "for a map give --pool mean (pool= in Python), or export it with "
                             "float32 features (batch, D), after the global pooling"
                           : "export it with float32 features (batch, D), after the global pooling";
    return bad(fmt::format("{}; {}", gives, remedy));
  }
  Tensor features = fitting.front();
  const std::string notes = choice.pool.empty() ? NoteOnClassScores(features) : "";
  if (!choice.pool.empty()) {
    features = Pooled(features, KindOf(features, batch), choice.pool, layout);
  }
  const int dimension = VectorLength(features.get_partial_shape(), batch);
  if (dimension == 0) {
    return bad(fmt::format("gives {}; a feature vector has 1 to {} numbers", List({features}),
                           kMaxDimension));
  }
  if (features.get_partial_shape().size() != 2) {
    const bool bare = features.get_partial_shape().size() == 1;
    const auto matrix = op::Constant::create(ov::element::i64, {2},
                                             std::vector<std::int64_t>{bare ? 1 : 0, dimension});
    features = std::make_shared<op::Reshape>(features, matrix, !bare);
  }
  return Features{std::make_shared<ov::Model>(ov::OutputVector{features}, network->get_parameters(),
                                              network->get_friendly_name()),
                  dimension, notes};
}

}  // namespace verger
