// Bare OpenVINO inference on one of our networks: no photo is read, decoded, resized or written.
//
//   bench_bare MODEL THREADS PHOTOS     MODEL: "embedded", or a file (.h5)
//
// Prints the photos per second of inferring PHOTOS images, in batches as the program's, after one
// for warming up.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <openvino/openvino.hpp>
#include <random>
#include <span>
#include <string>

#include "core/extract/extractor.h"
#include "core/model/model.h"

namespace {

verger::Result<verger::Model> Open(const std::string& name) {
  if (name == "embedded") return verger::EmbeddedModel();
  std::ifstream file(name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return verger::ReadModel(std::as_bytes(std::span(bytes)), name, "");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: bench_bare MODEL THREADS PHOTOS\n");
    return 2;
  }
  const std::size_t batch = verger::ExtractorOptions{}.batch_size;
  const int threads = std::atoi(argv[2]);
  const std::size_t photos = std::strtoul(argv[3], nullptr, 10);
  const verger::Result<verger::Model> model = Open(argv[1]);
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return 1;
  }
  model->network->reshape(ov::PartialShape{
      static_cast<std::int64_t>(batch), model->preset.input.height, model->preset.input.width, 3});
  ov::Core core;
  ov::InferRequest request = core.compile_model(model->network, "CPU", ov::num_streams(1),
                                                ov::inference_num_threads(threads),
                                                ov::hint::inference_precision(ov::element::f32))
                                 .create_infer_request();
  ov::Tensor input = request.get_input_tensor();
  std::minstd_rand random;
  for (std::uint8_t& value : std::span(input.data<std::uint8_t>(), input.get_size())) {
    value = static_cast<std::uint8_t>(random());
  }
  request.infer();
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t batches = (photos + batch - 1) / batch;
  for (std::size_t i = 0; i < batches; ++i) request.infer();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  fmt::print("{:.3f}\n", static_cast<double>(batches * batch) / seconds.count());
}
