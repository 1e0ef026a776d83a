// aws_steps.h: the steps of a search for AWS's settings or credentials: files, commands, requests.
//
// A search is a plain function of the environment and of the answers to all steps before: it runs
// again from its start for each, and stops at the first step that has no answer yet. So the search
// does no I/O, and the caller stores only the answers.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace verger {

// Where a search takes place.
struct AwsEnvironment {
  std::map<std::string, std::string> variables;  // of the process
  std::string home;                              // the user's folder; "": there is none
  std::string region;                            // of the bucket; "": not known yet
  std::int64_t now = 0;                          // seconds since 1970

  // "" if it is not set.
  std::string Variable(const std::string& name) const;
};

struct AwsRequest {
  std::string method;
  std::string url;
  std::map<std::string, std::string> headers;
  std::string body;
  bool local = false;  // of the machine itself: through no proxy
  int seconds = 30;    // to wait for an answer
  int tries = 3;       // where none comes, or one that says to ask again
};

struct AwsReply {
  int status = 0;  // of HTTP; 0: none came
  std::string body;
  std::string error;  // why none came
};

class AwsSteps {
 public:
  explicit AwsSteps(nlohmann::json answers) : answers_(std::move(answers)) {}

  // Each returns an error that is only to be passed on where the step has no answer yet.
  // The text of a file; nothing if there is none.
  Result<std::optional<std::string>> Read(const std::string& path);
  // Standard output and status of a command, as `sh -c` runs it.
  struct Ran {
    int status = 0;
    std::string output;
  };
  Result<Ran> Run(const std::string& command);
  Result<AwsReply> Send(const AwsRequest& request);

  // Ends the search with a message for users. Returns an error that the caller only passes on.
  Error Fail(const std::string& why);

  // {"read": path}, {"run": command}, {"send": request} or {"error": why}; null: the search ended
  // by itself.
  const nlohmann::json& stop() const { return stop_; }

 private:
  Result<nlohmann::json> Answer(nlohmann::json step);

  const nlohmann::json answers_;
  std::size_t answered_ = 0;
  nlohmann::json stop_;
};

}  // namespace verger
