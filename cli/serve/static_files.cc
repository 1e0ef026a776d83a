#include "cli/serve/static_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/base/digest.h"
#include "cli/serve/problem.h"

namespace verger::cli {
namespace {

constexpr std::size_t kVersionDigits = 16;

struct Type {
  std::string_view ending;
  const char* name;
};
constexpr std::array<Type, 11> kTypes = {{{".html", "text/html; charset=utf-8"},
                                          {".css", "text/css; charset=utf-8"},
                                          {".js", "text/javascript; charset=utf-8"},
                                          {".json", "application/json"},
                                          {".webmanifest", "application/manifest+json"},
                                          {".wasm", "application/wasm"},
                                          {".svg", "image/svg+xml"},
                                          {".png", "image/png"},
                                          {".webp", "image/webp"},
                                          {".ico", "image/x-icon"},
                                          {".txt", "text/plain; charset=utf-8"}}};

// What the page may do: nothing from elsewhere, no script or style in its text. The isolation by
// COOP and COEP lets the engine use threads and exact clocks.
std::vector<std::pair<std::string, std::string>> Policies() {
  return {{"Content-Security-Policy",
           "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; "
           "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Embedder-Policy", "require-corp"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Permissions-Policy", "camera=(self), geolocation=(), microphone=()"},
          {"Referrer-Policy", "no-referrer"},
          {"Vary", "Accept-Encoding"}};
}

std::string TypeOf(std::string_view path) {
  const auto at =
      std::ranges::find_if(kTypes, [&](const Type& type) { return path.ends_with(type.ending); });
  return at == kTypes.end() ? "application/octet-stream" : at->name;
}

}  // namespace

bool AcceptsBrotli(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    std::string entry(accept_encoding.substr(0, comma));
    std::erase(entry, ' ');
    if (entry == "br") return true;
    if (entry.starts_with("br;q=")) {
      return entry.find_first_not_of("0.", 5) != std::string::npos;
    }
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
  }
  return false;
}

StaticFiles::StaticFiles(std::vector<AppFile> files) {
  for (AppFile& file : files) {
    Entry entry;
    entry.type = TypeOf(file.path);
    entry.sha256 = Sha256Hex(file.bytes);
    entry.bytes = std::make_shared<const std::string>(std::move(file.bytes));
    if (!file.brotli.empty()) {
      entry.brotli = std::make_shared<const std::string>(std::move(file.brotli));
    }
    entries_.emplace("/" + file.path, std::move(entry));
  }
}

Response StaticFiles::Find(const Query& query) const {
  const auto at = entries_.find(query.path == "/" ? "/index.html" : query.path);
  if (at == entries_.end()) {
    return Problem(404, "there is nothing here: /openapi.json lists what there is");
  }
  const Entry& entry = at->second;
  const bool brotli = entry.brotli && AcceptsBrotli(query.accept_encoding);
  const std::string tag = fmt::format("\"{}{}\"", entry.sha256.substr(0, 32), brotli ? "-br" : "");
  const bool named = query.version == entry.sha256.substr(0, kVersionDigits);
  Response response{.status = 200, .content_type = entry.type, .headers = Policies()};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control",
                                named ? "public, max-age=31536000, immutable" : "no-cache");
  if (query.if_none_match.find(tag) != std::string::npos) {
    response.status = 304;
    return response;
  }
  if (brotli) response.headers.emplace_back("Content-Encoding", "br");
  response.shared_body = brotli ? entry.brotli : entry.bytes;
  return response;
}

}  // namespace verger::cli
