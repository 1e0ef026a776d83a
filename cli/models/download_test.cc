#include "cli/models/download.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/base/files.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

// What the caller's functions throw has to come through curl's C code.
TEST(DownloadTo, PassesOnWhatItsCallersFunctionsThrow) {
  const ScratchFolder scratch;
  WriteFileAtomically(scratch.path() / "net.onnx", "bytes");
  ModelSource source;
  source.name = "net";
  source.url = "file://" + (scratch.path() / "net.onnx").native();
  const auto part = scratch.path() / ".net.part";
  DownloadOptions progress;
  progress.progress = [](std::uint64_t, std::uint64_t) { throw std::out_of_range("progress"); };
  EXPECT_THROW(DownloadTo(part, source, progress), std::out_of_range);
  DownloadOptions cancelled;
  cancelled.cancelled = []() -> bool { throw std::domain_error("cancelled"); };
  EXPECT_THROW(DownloadTo(part, source, cancelled), std::domain_error);
  cancelled.cancelled = [] { return true; };
  EXPECT_THROW(DownloadTo(part, source, cancelled), Failure);
  EXPECT_EQ(DownloadTo(part, source, {}), Download::kFromTheStart);
  EXPECT_EQ(ReadFile(part), "bytes");
}

}  // namespace
}  // namespace verger::cli
