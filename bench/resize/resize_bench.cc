// resize_bench: decode and resize photos given as files, one thread.
//
// Usage: resize_bench PHOTO... [--benchmark_...]
// For each photo: its decoding, and its bicubic resize to 224 x 224. run.py makes the
// photos, compares the outputs of both programs, and then runs both.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/image/decode.h"
#include "core/image/resize.h"

namespace {

constexpr verger::Size kTarget{224, 224};

void BenchDecode(benchmark::State& state, const std::vector<char>& photo) {
  for (auto _ : state) {
    auto image = verger::Decode(std::as_bytes(std::span(photo)));
    benchmark::DoNotOptimize(image);
  }
}

void BenchResize(benchmark::State& state, const verger::Image& image) {
  std::vector<std::uint8_t> out(verger::ByteCount(kTarget));
  for (auto _ : state) {
    auto status = verger::Resize(image.view(), kTarget, verger::Filter::kBicubic, out);
    benchmark::DoNotOptimize(status);
    benchmark::ClobberMemory();
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc < 2) {
    std::fprintf(stderr, "usage: resize_bench PHOTO... [--benchmark_...]\n");
    return 2;
  }
  for (int i = 1; i < argc; ++i) {
    const std::filesystem::path path = argv[i];
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> photo{std::istreambuf_iterator<char>(file), {}};
    auto image = verger::Decode(std::as_bytes(std::span(photo)));
    if (!image) {
      std::fprintf(stderr, "resize_bench: %s: %s\n", argv[i], image.error().message.c_str());
      return 1;
    }
    const std::string name = path.stem().string();
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), BenchDecode, photo)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("resize/" + name).c_str(), BenchResize, *image)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
