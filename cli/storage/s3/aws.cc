#include "cli/storage/s3/aws.h"

#include <sys/wait.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/home.h"
#include "cli/base/json.h"
#include "cli/base/library.h"
#include "cli/net/http.h"
#include "cli/net/proxy.h"
#include "cli/net/retries.h"

namespace verger::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;  // of an answer

Json Read(const std::string& path) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return nullptr;
  return ReadFile(path, Exit::kStorage, kMaxBytes);
}

// Its stderr, with what it asks there, stays the user's.
Json Run(const std::string& command) {
  std::FILE* output = ::popen(command.c_str(), "re");
  if (output == nullptr) throw Failure(Exit::kStorage, command + ": cannot be run");
  std::string text;
  char bytes[4096];
  while (const std::size_t size = std::fread(bytes, 1, sizeof(bytes), output)) {
    if (text.size() < kMaxBytes) text.append(bytes, size);
  }
  const int status = ::pclose(output);
  return {{"status", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)},
          {"said", text}};
}

Json Send(const Json& step, const std::string& ca_file) {
  const bool local = step.at("local");
  HttpOptions options;
  options.ca_file = ca_file;
  options.connect_seconds = local ? 1 : 10;
  options.total_seconds = step.at("seconds");
  options.max_body_bytes = kMaxBytes;
  HttpClient http(options);
  const std::string body = step.at("body");
  HttpRequest request;
  request.method = step.at("method");
  request.url = step.at("url");
  if (!local) request.proxy = ProxyOf(request.url);
  for (const auto& [name, value] : step.at("headers").items()) {
    request.headers.emplace_back(name, value);
  }
  request.body = body;
  const int max_retries = step.at("tries").get<int>() - 1;
  for (Retries retries = LibraryRetries();;) {
    const HttpResponse response = http.Send(request);
    const bool failed = response.failure != HttpFailure::kNone;
    const bool may_pass = failed || response.status == 429 || response.status >= 500;
    if (!may_pass || !retries.Next(max_retries)) {
      if (failed) return {{"status", 0}, {"error", response.reason}};
      return {{"status", response.status}, {"body", response.body}};
    }
    retries.Pause();
  }
}

}  // namespace

std::string SearchAws(verger_aws_search search, const std::string& region,
                      const std::string& ca_file) {
  const Json environment = {{"variables", ParseJson(NetworkVariables())},
                            {"home", HomeFolder().string()},
                            {"region", region},
                            {"now", std::time(nullptr)}};
  const std::string where = FormatJson(environment);
  Json answers = Json::array();
  for (;;) {
    const std::string text =
        TextOf(verger_aws_next, search, Borrowed(where), Borrowed(FormatJson(answers)));
    const Json step = ParseJson(text);
    if (step.contains("done")) return FormatJson(step.at("done"));
    if (step.contains("error")) throw Failure(Exit::kStorage, step.at("error"));
    if (step.contains("read")) {
      answers.push_back(Read(step.at("read")));
    } else if (step.contains("run")) {
      answers.push_back(Run(step.at("run")));
    } else {
      answers.push_back(Send(step.at("send"), ca_file));
    }
  }
}

std::string AwsCredentials(const std::string& region, const std::string& ca_file) {
  static std::mutex mutex;
  static std::string credentials;
  static std::int64_t renew_at = 0, expires = 0;  // as verger_aws_next has them
  const std::lock_guard lock(mutex);
  const std::int64_t now = std::time(nullptr);
  if (!credentials.empty() && (renew_at == 0 || now < renew_at)) return credentials;
  try {
    credentials = SearchAws(VERGER_AWS_CREDENTIALS, region, ca_file);
    const Json json = ParseJson(credentials);
    renew_at = json.at("renew_at");
    expires = json.at("expires");
  } catch (const Failure&) {
    if (credentials.empty() || (expires != 0 && now >= expires)) throw;
    constexpr std::int64_t kMinute = 60;
    renew_at = now + kMinute;
  }
  return credentials;
}

}  // namespace verger::cli
