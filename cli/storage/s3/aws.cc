#include "cli/storage/s3/aws.h"

#include <curl/curl.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/base/error.h"
#include "cli/base/files.h"
#include "cli/base/home.h"
#include "cli/base/library.h"
#include "cli/base/proxy.h"
#include "cli/storage/s3/retries.h"

namespace verger::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // of an answer

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Read(const std::string& path) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return nullptr;
  return ReadFile(path, Exit::kStorage, kMostBytes);
}

// What it prints on stderr, and asks there, is for whoever runs us.
Json Run(const std::string& command) {
  std::FILE* output = ::popen(command.c_str(), "re");
  if (output == nullptr) throw Failure(Exit::kStorage, command + ": cannot be run");
  std::string said;
  char bytes[4096];
  while (const std::size_t got = std::fread(bytes, 1, sizeof(bytes), output)) {
    if (said.size() < kMostBytes) said.append(bytes, got);
  }
  const int status = ::pclose(output);
  return {{"status", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)},
          {"said", said}};
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* to) {
  std::string& body = *static_cast<std::string*>(to);
  if (body.size() + size > kMostBytes) return 0;
  body.append(data, size);
  return size;
}

Json SendOnce(const Json& request, const std::string& ca_file) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) throw Failure(Exit::kFailed, "libcurl does not start");
  const auto set = [&](auto option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  const bool local = request.at("local");
  const long seconds = request.at("seconds");
  const std::string url = request.at("url"), method = request.at("method");
  const std::string sent = request.at("body"), proxy = local ? "" : ProxyOf(url);
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request.at("headers").items()) {
    list = curl_slist_append(list, (name + ": " + value.get<std::string>()).c_str());
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, curl_slist_free_all);
  std::string body;
  char details[CURL_ERROR_SIZE] = "";
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_CUSTOMREQUEST, method.c_str());
  if (!sent.empty()) {
    set(CURLOPT_POSTFIELDS, sent.c_str());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(sent.size()));
  }
  set(CURLOPT_HTTPHEADER, list);
  set(CURLOPT_CONNECTTIMEOUT, local ? 1L : 10L);
  set(CURLOPT_TIMEOUT, seconds);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "verger");
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(details));
  if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
  set(CURLOPT_WRITEFUNCTION, &OnBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return {{"status", 0}, {"error", *details != '\0' ? details : curl_easy_strerror(code)}};
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return {{"status", status}, {"body", body}};
}

Json Send(const Json& request, const std::string& ca_file) {
  const int tries = request.at("tries");
  for (int attempt = 1;; ++attempt) {
    Json reply = SendOnce(request, ca_file);
    const long status = reply.at("status");
    const bool passes = status == 0 || status == 429 || status >= 500;
    if (!passes || attempt >= tries) return reply;
    std::this_thread::sleep_for(std::chrono::milliseconds(S3Pause(attempt)));
  }
}

}  // namespace

std::string SearchAws(verger_aws_search search, const std::string& region,
                      const std::string& ca_file) {
  const Json environment = {{"variables", Json::parse(NetworkVariables())},
                            {"home", HomeFolder().string()},
                            {"region", region},
                            {"now", std::time(nullptr)}};
  const std::string where = Dump(environment);
  Json answers = Json::array();
  for (;;) {
    const std::string text =
        TextOf(verger_aws_next, search, Borrowed(where), Borrowed(Dump(answers)));
    const Json step = Json::parse(text);
    if (step.contains("done")) return Dump(step.at("done"));
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
    const Json json = Json::parse(credentials);
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
