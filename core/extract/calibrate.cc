#include "core/extract/calibrate.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <openvino/openvino.hpp>
#include <utility>
#include <vector>

#include "core/extract/to_input.h"
#include "core/model/engine.h"
#include "core/model/quantise.h"

namespace verger {
namespace {

// Of the numbers of one tensor.
struct Statistics {
  float least = 0;
  float largest = 0;
  std::vector<double> sums;  // of each channel, over photos of the mean of its places
};

// So many numbers side by side, which compilers turn into vectors; always as many, so that sums do
// not depend on the processor.
constexpr std::size_t kLanes = 16;

// Counts in one channel of one image; returns its sum.
double CountIn(std::span<const float> plane, Statistics& statistics) {
  std::array<float, kLanes> least;
  std::array<float, kLanes> largest;
  std::array<double, kLanes> sums{};
  least.fill(statistics.least);
  largest.fill(statistics.largest);
  std::size_t at = 0;
  for (; at + kLanes <= plane.size(); at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = plane[at + lane];
      least[lane] = value < least[lane] ? value : least[lane];
      largest[lane] = value > largest[lane] ? value : largest[lane];
      sums[lane] += value;
    }
  }
  for (std::size_t lane = 0; at < plane.size(); ++at, ++lane) {
    least[lane] = std::min(least[lane], plane[at]);
    largest[lane] = std::max(largest[lane], plane[at]);
    sums[lane] += plane[at];
  }
  statistics.least = *std::ranges::min_element(least);
  statistics.largest = *std::ranges::max_element(largest);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Shape: images of (channels, places) each.
void CountIn(std::span<const float> images, std::size_t count, std::size_t channels,
             Statistics& statistics) {
  const std::size_t places = images.size() / count / channels;
  statistics.sums.resize(channels);
  for (std::size_t image = 0; image < count; ++image) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const auto plane = images.subspan((image * channels + channel) * places, places);
      statistics.sums[channel] += CountIn(plane, statistics) / static_cast<double>(places);
    }
  }
}

ActivationRange RangeOf(const Statistics& statistics) {
  const float high = std::max(statistics.largest, -statistics.least);
  return {statistics.least < 0, high > 0 ? UpToBf16(high) : 1};
}

// The network with its quantisation points as outputs.
struct Probe {
  QuantisationPoints points;
  ov::CompiledModel compiled;
};

Result<Probe> MakeProbe(const Model& model, std::size_t batch, int threads) {
  const std::shared_ptr<ov::Model> network = model.network->clone();
  // Before the batch is set, as the quantiser sees them.
  VERGER_ASSIGN_OR_RETURN(QuantisationPoints points, FindPoints(network, model.name));
  const auto probe = std::make_shared<ov::Model>(points.tensors, network->get_parameters());
  probe->reshape(ov::PartialShape{static_cast<std::int64_t>(batch), model.preset.input.height,
                                  model.preset.input.width, 3});
  return Probe{
      std::move(points),
      Engine().compile_model(probe, "CPU", ov::num_streams(1), ov::inference_num_threads(threads),
                             ov::hint::inference_precision(ov::element::f32),
                             ov::hint::enable_cpu_pinning(false))};
}

// Writes the first view of a photo; returns whether there is one. Errors: those of the loader.
Result<bool> LoadPixels(Bytes photo, const Preset& preset, const DecodeLimits& limits,
                        const ViewLoader& loader, std::span<std::uint8_t> pixels) {
  if (!loader) {
    const Result<Image> image = Decode(photo, limits, PixelsNeeded(preset));
    return image && ToInput(*image, preset, pixels);
  }
  std::vector<std::uint8_t> views(ViewBytes(preset));
  VERGER_ASSIGN_OR_RETURN(const std::string why_not, loader(photo, limits, preset, views));
  std::ranges::copy(std::span(views).first(pixels.size()), pixels.begin());
  return why_not.empty();
}

void CountInAll(ov::InferRequest& request, std::size_t count, std::vector<Statistics>& statistics) {
  for (std::size_t point = 0; point < statistics.size(); ++point) {
    const ov::Tensor tensor = request.get_output_tensor(point);
    const ov::Shape shape = tensor.get_shape();
    const std::size_t each = tensor.get_size() / shape[0];
    CountIn({tensor.data<const float>(), each * count}, count, shape[1], statistics[point]);
  }
}

Calibration Take(const QuantisationPoints& points, const std::vector<Statistics>& statistics,
                 std::size_t photos, std::string subject) {
  Calibration calibration;
  calibration.subject = std::move(subject);
  for (const Statistics& each : statistics) calibration.ranges.push_back(RangeOf(each));
  for (const auto& convolution : points.convolutions) {
    const auto at = std::ranges::find(points.tensors, convolution->input_value(0));
    const Statistics& input = statistics[static_cast<std::size_t>(at - points.tensors.begin())];
    std::vector<float>& means = calibration.means.emplace_back();
    for (const double sum : input.sums) {
      means.push_back(NearestBf16(static_cast<float>(sum / static_cast<double>(photos))));
    }
  }
  return calibration;
}

Result<Calibration> Run(const Model& model, std::span<const Bytes> photos,
                        const DecodeLimits& limits, int threads, const Progress& progress,
                        const ViewLoader& loader) {
  const auto batch = static_cast<std::size_t>(std::max(1, model.batch));
  VERGER_ASSIGN_OR_RETURN(Probe probe, MakeProbe(model, batch, threads));
  ov::InferRequest request = probe.compiled.create_infer_request();
  ov::Tensor input = request.get_input_tensor();
  const std::span pixels(input.data<std::uint8_t>(), input.get_size());
  const std::size_t image_bytes = pixels.size() / batch;
  std::vector<Statistics> statistics(probe.points.tensors.size());
  std::size_t filled = 0;
  std::size_t decoded = 0;
  for (std::size_t photo = 0; photo < photos.size(); ++photo) {
    VERGER_ASSIGN_OR_RETURN(const bool is_there,
                            LoadPixels(photos[photo], model.preset, limits, loader,
                                       pixels.subspan(filled * image_bytes, image_bytes)));
    if (is_there) {
      ++filled;
      ++decoded;
    }
    if (filled == batch || (filled > 0 && photo + 1 == photos.size())) {
      request.infer();
      CountInAll(request, filled, statistics);
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
  return Take(probe.points, statistics, decoded, CalibrationSubject(model));
}

}  // namespace

Result<Calibration> Calibrate(const Model& model, std::span<const Bytes> photos,
                              const DecodeLimits& limits, int threads, const Progress& progress,
                              const ViewLoader& loader) {
  try {
    return Run(model, photos, limits, threads, progress, loader);
  } catch (const std::bad_alloc&) {
    return Error{Code::kInternal, "out of memory while calibrating " + model.name};
  } catch (const std::exception& exception) {
    const std::string what = exception.what();
    return Error{Code::kInternal, fmt::format("the engine cannot calibrate {}: {}", model.name,
                                              what.substr(0, what.find('\n')))};
  }
}

}  // namespace verger
