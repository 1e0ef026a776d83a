// aws_credentials.cc: the search for credentials, by the answers of files, commands and servers.
// Input: texts between zero bytes: profile, home, then an answer a step.
#include <nlohmann/json.hpp>

#include "core/runs/aws_profiles.h"
#include "core/runs/credentials.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  constexpr std::size_t kMost = 12;
  const std::vector<std::string> pieces = fuzz::Pieces(fuzz::AsText(data, size), kMost);
  AwsEnvironment environment;
  environment.home = "/home/farmer";
  environment.now = 1'800'000'000;
  if (!pieces[0].empty()) environment.variables["AWS_PROFILE"] = pieces[0];
  nlohmann::json answers = nlohmann::json::array();
  for (std::size_t at = 1;; ++at) {
    AwsSteps steps(answers);
    const auto credentials = FindAwsCredentials(environment, &steps);
    if (credentials || steps.stop().is_null() || steps.stop().contains("error")) return 0;
    if (at == pieces.size()) return 0;
    const std::string& piece = pieces[at];
    if (steps.stop().contains("read")) {
      answers.push_back(piece.empty() ? nlohmann::json() : nlohmann::json(piece));
    } else if (steps.stop().contains("run")) {
      answers.push_back({{"status", piece.starts_with('!') ? 1 : 0}, {"said", piece}});
    } else {
      VERGER_FUZZ_REQUIRE(steps.stop().contains("send"));
      answers.push_back({{"status", piece.starts_with('!') ? 403 : 200}, {"body", piece}});
    }
  }
}
