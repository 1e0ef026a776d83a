// classifier.cc: classifiers and the moments of classes, which are safetensors files.
#include "core/classify/classifier.h"

#include "core/classify/classifier_file.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string file = fuzz::SealSafeTensors(fuzz::AsBytes(data, size));
  const Bytes bytes = fuzz::AsBytes(file);
  const auto moments = ClassMoments::Parse(bytes);
  if (moments) {
    const std::string saved = moments->Serialize();
    const auto again = ClassMoments::Parse(fuzz::AsBytes(saved));
    VERGER_FUZZ_REQUIRE(again.has_value());
    VERGER_FUZZ_REQUIRE(again->Serialize() == saved);
  }
  const auto classifier = LoadClassifier(bytes, "fuzz.classifier");
  if (!classifier) {
    VERGER_FUZZ_REQUIRE(!classifier.error().message.empty());
    return 0;
  }
  VERGER_FUZZ_REQUIRE(!Describe(*classifier).empty());
  const std::vector<float> row(static_cast<std::size_t>(classifier->dimension), 0.5F);
  const Answers answers = Answerer(*classifier).Answer(row);
  VERGER_FUZZ_REQUIRE(answers.probabilities.size() == classifier->labels.size());
  const std::string saved = SaveClassifier(*classifier);
  const auto again = LoadClassifier(fuzz::AsBytes(saved), "fuzz.classifier");
  VERGER_FUZZ_REQUIRE(again.has_value());
  VERGER_FUZZ_REQUIRE(SaveClassifier(*again) == saved);
  return 0;
}
