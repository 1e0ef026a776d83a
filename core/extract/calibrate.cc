#include "core/extract/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <openvino/openvino.hpp>
#include <utility>
#include <vector>

#include "core/extract/to_input.h"
#include "core/model/quantise.h"

namespace verger {
namespace {

// What was seen of one tensor.
struct Seen {
  float least = 0;
  float largest = 0;
  std::vector<double> sums;  // of each channel, over photos of the mean of its places
};

// Shape: images of (channels, places) each.
void LookAt(std::span<const float> images, std::size_t count, std::size_t channels, Seen& seen) {
  const std::size_t places = images.size() / count / channels;
  seen.sums.resize(channels);
  for (std::size_t image = 0; image < count; ++image) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const auto plane = images.subspan((image * channels + channel) * places, places);
      float least = seen.least;
      float largest = seen.largest;
      double sum = 0;
      for (const float value : plane) {
        least = std::min(least, value);
        largest = std::max(largest, value);
        sum += value;
      }
      seen.least = least;
      seen.largest = largest;
      seen.sums[channel] += sum / static_cast<double>(places);
    }
  }
}

ActivationRange RangeOf(const Seen& seen) {
  const float high = std::max(seen.largest, -seen.least);
  return {seen.least < 0, high > 0 ? UpToBf16(high) : 1};
}

// The network with its quantisation points as outputs.
struct Watched {
  QuantisationPoints points;
  ov::CompiledModel compiled;
};

Result<Watched> Watch(const Model& model, std::size_t batch, int threads) {
  const std::shared_ptr<ov::Model> network = model.network->clone();
  // Before the batch is set, as whoever quantises will find them.
  VERGER_ASSIGN_OR_RETURN(QuantisationPoints points, FindPoints(network, model.name));
  const auto watched = std::make_shared<ov::Model>(points.tensors, network->get_parameters());
  watched->reshape(ov::PartialShape{static_cast<std::int64_t>(batch), model.preset.input.height,
                                    model.preset.input.width, 3});
  ov::Core core;
  return Watched{
      std::move(points),
      core.compile_model(watched, "CPU", ov::num_streams(1), ov::inference_num_threads(threads),
                         ov::hint::inference_precision(ov::element::f32),
                         ov::hint::enable_cpu_pinning(false))};
}

Status LoadPixels(Bytes photo, const Preset& preset, const DecodeLimits& limits,
                  std::span<std::uint8_t> pixels) {
  VERGER_ASSIGN_OR_RETURN(const Image image, Decode(photo, limits, PixelsNeeded(preset)));
  return ToInput(image, preset, pixels);
}

void LookAtAll(ov::InferRequest& request, std::size_t count, std::vector<Seen>& seen) {
  for (std::size_t point = 0; point < seen.size(); ++point) {
    const ov::Tensor tensor = request.get_output_tensor(point);
    const ov::Shape shape = tensor.get_shape();
    const std::size_t each = tensor.get_size() / shape[0];
    LookAt({tensor.data<const float>(), each * count}, count, shape[1], seen[point]);
  }
}

Calibration Take(const QuantisationPoints& points, const std::vector<Seen>& seen,
                 std::size_t photos, std::string subject) {
  Calibration calibration;
  calibration.subject = std::move(subject);
  for (const Seen& each : seen) calibration.ranges.push_back(RangeOf(each));
  for (const auto& convolution : points.convolutions) {
    const auto at = std::ranges::find(points.tensors, convolution->input_value(0));
    const Seen& input = seen[static_cast<std::size_t>(at - points.tensors.begin())];
    std::vector<float>& means = calibration.means.emplace_back();
    for (const double sum : input.sums) {
      means.push_back(NearestBf16(static_cast<float>(sum / static_cast<double>(photos))));
    }
  }
  return calibration;
}

Result<Calibration> Run(const Model& model, std::span<const Bytes> photos,
                        const DecodeLimits& limits, int threads, const Progress& progress) {
  const auto batch = static_cast<std::size_t>(std::max(1, model.batch));
  VERGER_ASSIGN_OR_RETURN(Watched watched, Watch(model, batch, threads));
  ov::InferRequest request = watched.compiled.create_infer_request();
  ov::Tensor input = request.get_input_tensor();
  const std::span pixels(input.data<std::uint8_t>(), input.get_size());
  const std::size_t image_bytes = pixels.size() / batch;
  std::vector<Seen> seen(watched.points.tensors.size());
  std::size_t filled = 0;
  std::size_t decoded = 0;
  for (std::size_t photo = 0; photo < photos.size(); ++photo) {
    if (LoadPixels(photos[photo], model.preset, limits,
                   pixels.subspan(filled * image_bytes, image_bytes))) {
      ++filled;
      ++decoded;
    }
    if (filled == batch || (filled > 0 && photo + 1 == photos.size())) {
      request.infer();
      LookAtAll(request, filled, seen);
      filled = 0;
    }
    if (progress &&
        !progress(static_cast<std::int64_t>(photo) + 1, static_cast<std::int64_t>(photos.size()))) {
      return Error{Code::kStopped, "stopped while calibrating"};
    }
  }
  if (decoded == 0) {
    return Error{Code::kBadCall,
                 fmt::format("int8 is calibrated on photos, and none of {} can be decoded: give "
                             "photos, or choose fp32",
                             photos.size())};
  }
  return Take(watched.points, seen, decoded, CalibrationSubject(model));
}

}  // namespace

Result<Calibration> Calibrate(const Model& model, std::span<const Bytes> photos,
                              const DecodeLimits& limits, int threads, const Progress& progress) {
  try {
    return Run(model, photos, limits, threads, progress);
  } catch (const std::bad_alloc&) {
    return Error{Code::kInternal, "out of memory while calibrating " + model.name};
  } catch (const std::exception& exception) {
    const std::string what = exception.what();
    return Error{Code::kInternal, fmt::format("the engine cannot calibrate {}: {}", model.name,
                                              what.substr(0, what.find('\n')))};
  }
}

}  // namespace verger
