#include "core/report/page.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/base64.h"
#include "core/base/sha256.h"

// Laid down by page.S from page/.
extern "C" const char verger_report_html[];
extern "C" const char verger_report_html_end[];
extern "C" const char verger_report_style[];
extern "C" const char verger_report_style_end[];
extern "C" const char verger_report_script[];
extern "C" const char verger_report_script_end[];

namespace verger {
namespace {

std::string HashForPolicy(std::string_view text) {
  const std::string digits = Sha256(std::as_bytes(std::span(text)));
  std::array<std::byte, 32> digest;
  for (std::size_t at = 0; at < digest.size(); ++at) {
    digest[at] = static_cast<std::byte>(std::stoi(digits.substr(2 * at, 2), nullptr, 16));
  }
  return "'sha256-" + ToBase64(digest) + "'";
}

// In JSON a '<' stands in texts only, where it may be written so.
std::string WithoutLess(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) c == '<' ? text.append("\\u003c") : text.append(1, c);
  return text;
}

}  // namespace

std::string MakePage(const ReportBlocks& blocks) {
  const std::string_view style(verger_report_style, verger_report_style_end);
  const std::string_view script(verger_report_script, verger_report_script_end);
  const std::string policy = "default-src 'none'; img-src data:; style-src " +
                             HashForPolicy(style) + "; script-src " + HashForPolicy(script) +
                             "; base-uri 'none'; form-action 'none'";
  const std::string data = WithoutLess(blocks.data);
  const std::array<std::pair<std::string_view, std::string_view>, 9> marks = {
      {{"@policy@", policy},
       {"@title@", blocks.title},
       {"@style@", style},
       {"@data@", data},
       {"@coords@", blocks.coords},
       {"@labels@", blocks.labels},
       {"@paths@", blocks.paths},
       {"@sprite@", blocks.sprite},
       {"@script@", script}}};
  std::string_view rest(verger_report_html, verger_report_html_end);
  std::string page;
  std::size_t size = rest.size();
  for (const auto& [mark, text] : marks) size += text.size();
  page.reserve(size);
  for (const auto& [mark, text] : marks) {  // in the order in which they stand there
    const std::size_t at = rest.find(mark);
    page.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + mark.size());
  }
  return page.append(rest);
}

}  // namespace verger
