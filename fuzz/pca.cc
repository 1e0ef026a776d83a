// pca.cc: a PCA's document, and moments. Moments begin with their magic; all else is a document.
#include "core/pca/pca.h"

#include "core/pca/moments.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"

namespace {

void ReadMoments(verger::Bytes bytes) {
  const auto moments = verger::Moments::Parse(bytes);
  if (!moments) return;
  std::vector<std::byte> saved(moments->SerializedSize());
  moments->Serialize(saved);
  VERGER_FUZZ_REQUIRE(verger::Moments::Parse(saved).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string_view text = fuzz::AsText(data, size);
  if (text.starts_with("VGRMOMT\n")) {
    ReadMoments(fuzz::AsBytes(fuzz::SealAtEnd(fuzz::AsBytes(data, size), 64)));
    return 0;
  }
  const auto pca = PcaFromJson(std::string(text));
  if (!pca) {
    VERGER_FUZZ_REQUIRE(!pca.error().message.empty());
    return 0;
  }
  const std::string written = ToJson(*pca);
  const auto again = PcaFromJson(written);
  VERGER_FUZZ_REQUIRE(again.has_value());
  VERGER_FUZZ_REQUIRE(ToJson(*again) == written);
  const std::vector<float> row(static_cast<std::size_t>(pca->dimension), 0.5F);
  std::vector<float> scores(static_cast<std::size_t>(pca->components));
  Project(*pca, row, Scores::kCentred, scores);
  return 0;
}
