// Bare OpenVINO inference on one of our networks: no photo is read, decoded, resized or written.
//
//   bench_bare MODEL PRECISION SIDE IMAGES STREAMS THREADS [PHOTO...]
//
// MODEL: a network inside the library, by its name, or a file. SIDE: pixels of the input, 0 for the
// network's own. PHOTO...: what int8 is calibrated by where the library has no calibration.
//
// Prints the images per second of inferring IMAGES images, in batches as the program's, after one
// on each stream for warming up. The variable BARE_BATCH sets another batch; then the median and
// the tenth percentile of the milliseconds of a batch alone follow, and the milliseconds of CPU
// time of an image.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <openvino/openvino.hpp>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/extract/calibrate.h"
#include "core/extract/extractor.h"
#include "core/model/model.h"

namespace {

std::string Read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

verger::Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

verger::Result<verger::Model> Open(const std::string& name, const std::string& side) {
  const std::string preset = side == "0" ? "" : "size=" + side;
  const std::string file = Read(name);
  if (file.empty()) return verger::EmbeddedModel(name, preset);
  return verger::ReadModel(BytesOf(file), name, preset);
}

verger::Result<verger::Model> InPrecision(verger::Model model, const std::string& name, int threads,
                                          const std::vector<std::string>& photos) {
  const verger::Result<verger::Precision> precision = verger::ReadPrecision(name);
  if (!precision) return precision.error();
  if (*precision != verger::Precision::kInt8 || !model.known_calibration.empty()) {
    return verger::WithPrecision(std::move(model), *precision);
  }
  std::vector<verger::Bytes> sample;
  for (const std::string& photo : photos) sample.push_back(BytesOf(photo));
  const verger::Result<verger::Calibration> calibration =
      verger::Calibrate(model, sample, verger::DecodeLimits{}, threads, {});
  if (!calibration) return calibration.error();
  const std::string bytes = calibration->Serialize();
  return verger::WithPrecision(std::move(model), *precision, BytesOf(bytes));
}

// Images per second. Batches are started as streams become idle.
double Measure(ov::CompiledModel& network, std::size_t streams, std::size_t batch,
               std::size_t batches) {
  std::vector<ov::InferRequest> requests;
  std::minstd_rand random;
  for (std::size_t i = 0; i < streams; ++i) {
    requests.push_back(network.create_infer_request());
    ov::Tensor input = requests.back().get_input_tensor();
    for (std::uint8_t& value : std::span(input.data<std::uint8_t>(), input.get_size())) {
      value = static_cast<std::uint8_t>(random());
    }
    requests.back().infer();
  }
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < batches; ++i) {
    ov::InferRequest& request = requests[i % streams];
    if (i >= streams) request.wait();
    request.start_async();
  }
  for (ov::InferRequest& request : requests) request.wait();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(batches * batch) / seconds.count();
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Milliseconds of each of some batches, one after the other, sorted.
std::vector<double> MeasureAlone(ov::CompiledModel& network, std::size_t batches) {
  ov::InferRequest request = network.create_infer_request();
  request.infer();
  std::vector<double> times;
  for (std::size_t i = 0; i < batches; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    request.infer();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
  }
  std::ranges::sort(times);
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 6) {
    fmt::print(stderr,
               "usage: bench_bare MODEL PRECISION SIDE IMAGES STREAMS THREADS [PHOTO...]\n");
    return 2;
  }
  std::size_t batch = verger::ExtractorOptions{}.batch_size;
  if (const char* own = std::getenv("BARE_BATCH")) batch = std::stoul(own);
  const int threads = std::stoi(words[5]);
  std::vector<std::string> photos;
  for (std::size_t i = 6; i < words.size(); ++i) photos.push_back(Read(words[i]));

  verger::Result<verger::Model> model = Open(words[0], words[2]);
  if (model) model = InPrecision(std::move(*model), words[1], threads, photos);
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return 1;
  }
  const verger::Result<std::shared_ptr<ov::Model>> graph = verger::NetworkToCompile(*model);
  if (!graph) {
    fmt::print(stderr, "{}\n", graph.error().message);
    return 1;
  }
  (*graph)->reshape(ov::PartialShape{static_cast<std::int64_t>(batch), model->preset.input.height,
                                     model->preset.input.width, 3});
  const auto floats =
      model->precision == verger::Precision::kBf16 ? ov::element::bf16 : ov::element::f32;
  ov::Core core;
  const auto streams = static_cast<std::size_t>(std::stoi(words[4]));
  ov::CompiledModel network =
      core.compile_model(*graph, "CPU", ov::num_streams(static_cast<int>(streams)),
                         ov::inference_num_threads(threads), ov::hint::inference_precision(floats));
  const std::size_t batches = std::max(streams, std::stoul(words[3]) / batch);
  const double cpu = CpuSeconds();
  fmt::print("{:.3f}\n", Measure(network, streams, batch, batches));
  if (std::getenv("BARE_BATCH") == nullptr) return 0;
  const double cpu_ms = 1e3 * (CpuSeconds() - cpu) / static_cast<double>(batches * batch);
  const std::vector<double> times = MeasureAlone(network, batches);
  fmt::print("{:.4f}\n{:.4f}\n{:.4f}\n", times[times.size() / 2], times[times.size() / 10], cpu_ms);
}
