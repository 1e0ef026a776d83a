#include "core/runs/aws_steps.h"

#include <utility>

namespace verger {

using Json = nlohmann::json;

std::string AwsEnvironment::Variable(const std::string& name) const {
  const auto at = variables.find(name);
  return at == variables.end() ? "" : at->second;
}

Result<Json> AwsSteps::Answer(Json step) {
  if (answered_ < answers_.size()) return answers_[answered_++];
  stop_ = std::move(step);
  return Error{Code::kInternal, "a step has no answer yet"};
}

Result<std::optional<std::string>> AwsSteps::Read(const std::string& path) {
  VERGER_ASSIGN_OR_RETURN(const Json answer, Answer({{"read", path}}));
  if (answer.is_null()) return std::optional<std::string>();
  return std::optional(answer.get<std::string>());
}

Result<AwsSteps::Ran> AwsSteps::Run(const std::string& command) {
  VERGER_ASSIGN_OR_RETURN(const Json answer, Answer({{"run", command}}));
  return Ran{answer.at("status"), answer.at("said")};
}

Result<AwsReply> AwsSteps::Send(const AwsRequest& request) {
  VERGER_ASSIGN_OR_RETURN(const Json answer, Answer({{"send",
                                                      {{"method", request.method},
                                                       {"url", request.url},
                                                       {"headers", request.headers},
                                                       {"body", request.body},
                                                       {"local", request.local},
                                                       {"seconds", request.seconds},
                                                       {"tries", request.tries}}}}));
  return AwsReply{answer.at("status"), answer.value("body", ""), answer.value("error", "")};
}

Error AwsSteps::Fail(const std::string& why) {
  stop_ = {{"error", why}};
  return Error{Code::kInternal, why};
}

}  // namespace verger
