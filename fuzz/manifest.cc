// manifest.cc: manifests, and what is read of them for a summary.
#include "core/runs/manifest.h"

#include "core/runs/lock.h"
#include "core/runs/summary.h"
#include "core/runs/verify.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string_view text = fuzz::AsText(data, size);
  constexpr std::string_view kFacts = R"({"extracted": 3, "seconds": 1.5})";
  for (const SummaryKind kind :
       {SummaryKind::kJson, SummaryKind::kExtraction, SummaryKind::kReduction}) {
    const auto summary = Summary(text, kFacts, kind);
    VERGER_FUZZ_REQUIRE(summary || !summary.error().message.empty());
  }
  static_cast<void>(TooManyRejects(text, 0.05));
  static_cast<void>(LockProcess(text, "host"));
  const auto manifest = ReadManifest(text, "manifest-000001.json");
  if (!manifest) {
    VERGER_FUZZ_REQUIRE(!manifest.error().message.empty());
    return 0;
  }
  VERGER_FUZZ_REQUIRE(manifest->rows() >= 0 && manifest->inputs() >= 0);
  const std::string written = WriteManifest(*manifest);
  const auto again = ReadManifest(written, "manifest-000001.json");
  VERGER_FUZZ_REQUIRE(again.has_value());
  VERGER_FUZZ_REQUIRE(WriteManifest(*again) == written);
  static_cast<void>(Verifier(*manifest).AddPca(text, text));
  return 0;
}
