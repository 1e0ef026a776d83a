// app_classifier.cc: the phone app's files: the classifier, what it is taught by, taught labels.
#include "core/classify/app_classifier.h"

#include <algorithm>

#include "core/classify/taught_file.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"

// Input: the length of the classifier's file, that file, then one of the other two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  fuzz::Numbers numbers(fuzz::AsBytes(data, size));
  const std::size_t length = numbers.Take<std::uint16_t>();
  const Bytes rest = numbers.rest();
  const Bytes first = rest.first(std::min(length, rest.size()));
  const std::string file = fuzz::SealFlat("verger app classifier 1\n", first);
  auto app = LoadAppClassifier(fuzz::AsBytes(file));
  if (!app || app->dimension() > 4096 || app->classifier.dimension > 4096) return 0;
  const std::vector<float> features(static_cast<std::size_t>(app->dimension()), 0.5F);
  const Answers answers = Answerer(app->classifier).Answer(Projected(*app, features));
  VERGER_FUZZ_REQUIRE(answers.probabilities.size() == app->classifier.labels.size());

  const Bytes second = rest.subspan(first.size());
  const std::string taught = fuzz::SealFlat("verger taught labels 1\n", second);
  const auto rows = LoadTaughtRows(fuzz::AsBytes(taught), app->classifier);
  if (rows) {
    VERGER_FUZZ_REQUIRE(rows->features.size() ==
                        rows->labels.size() * static_cast<std::size_t>(app->classifier.dimension));
  }
  const std::string covariance = fuzz::SealFlat("verger app covariance 1\n", second);
  if (!AddCovariance(fuzz::AsBytes(covariance), &*app)) return 0;
  if (rows) static_cast<void>(TeachRows(app->classifier, *rows));
  return 0;
}
