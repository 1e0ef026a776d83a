// Signals reach a thread after the extractors that it opened are gone.
#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <thread>

#include "core/extract/extractor.h"
#include "core/extract/test_files.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

volatile sig_atomic_t signals = 0;

// As Python installs its handlers: they run on the thread's alternate stack, if it has one.
void CountSignals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { signals = signals + 1; };
  action.sa_flags = SA_ONSTACK;
  ASSERT_EQ(sigaction(SIGUSR1, &action, nullptr), 0);
  signals = 0;
}

Extractor Open() {
  const std::string file = test_onnx_file::Model(test_onnx_file::ChannelMeans());
  const Model model = *ReadModel(test_files::AsBytes(file), "test.onnx", "keras");
  return *Extractor::Create(model, {});
}

TEST(SignalsTest, ArriveAfterExtractorsAreGone) {
  CountSignals();
  std::thread([] {
    std::optional<Extractor> first = Open();
    std::optional<Extractor> second = Open();
    first.reset();
    second.reset();
    raise(SIGUSR1);
  }).join();
  EXPECT_EQ(signals, 1);
}

TEST(SignalsTest, ArriveAfterAnotherThreadDestroyedTheExtractor) {
  CountSignals();
  std::optional<Extractor> extractor = Open();
  std::thread([&] { extractor.reset(); }).join();
  raise(SIGUSR1);
  EXPECT_EQ(signals, 1);
}

}  // namespace
}  // namespace verger
