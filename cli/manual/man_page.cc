#include "cli/manual/man_page.h"

#include <algorithm>
#include <ranges>
#include <sstream>
#include <string_view>

namespace verger::cli {
namespace {

constexpr std::string_view kExamples = "Examples:\n";
constexpr std::string_view kExitCodes = "Exit codes: ";

// `text` for roff, which would read '\' as an escape, and print '-' as a hyphen that nobody can
// copy into a shell.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// A line of text: one that begins with '.' or ''' would be a request.
std::string Line(const std::string& text) {
  const bool looks_like_request = text.starts_with('.') || text.starts_with('\'');
  return (looks_like_request ? "\\&" : "") + Escaped(text) + "\n";
}

std::string Bold(std::string_view text) { return "\\fB" + Escaped(text) + "\\fR"; }
std::string Italic(std::string_view text) { return "\\fI" + Escaped(text) + "\\fR"; }

std::string Section(std::string_view title) {
  std::string upper(title);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  return ".SH \"" + Escaped(upper) + "\"\n";
}

std::string Joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : std::string(separator)) + item;
  return text;
}

std::string Sentence(const std::string& text) { return text.ends_with('.') ? text : text + "."; }

// The paragraphs of a footer.
std::vector<std::string> Paragraphs(const std::string& text) {
  std::vector<std::string> paragraphs;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find("\n\n", begin), text.size());
    paragraphs.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return paragraphs;
}

// A paragraph that man breaks into lines itself.
std::string FilledText(const std::string& paragraph) {
  std::istringstream words(paragraph);
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return Line(text);
}

// Lines as they are, without the two blanks before each.
std::string Examples(const std::string& lines) {
  std::string text = Section("examples") + ".nf\n";
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    text += Line(line.starts_with("  ") ? line.substr(2) : line);
  }
  return text + ".fi\n";
}

// "-m, --model TEXT", "--pool cls|mean", or "OUT".
std::string Tag(const OptionEntry& option) {
  if (option.names.empty()) return Italic(option.value) + (option.takes_several ? " ..." : "");
  std::vector<std::string> names;
  std::ranges::transform(option.names, std::back_inserter(names), Bold);
  std::string tag = Joined(names, ", ");
  if (option.value.empty()) return tag;
  std::string value = Italic(option.value);
  if (!option.hints.choices.empty()) value = Bold(Joined(option.hints.choices, "|"));
  if (option.hints.kind == ValueKind::kFile) value = Italic("FILE");
  if (option.hints.kind == ValueKind::kFolder) value = Italic("FOLDER");
  return tag + " " + value + (option.takes_several ? " ..." : "");
}

std::string OptionText(const OptionEntry& option) {
  std::string text = ".TP\n" + Tag(option) + "\n" + Line(Sentence(option.help));
  if (!option.hints.range.empty()) text += Line("Range: " + option.hints.range + ".");
  if (!option.default_value.empty()) text += Line("Default: " + option.default_value + ".");
  if (!option.excludes.empty()) text += Line("Not with " + Joined(option.excludes, ", ") + ".");
  return text;
}

// The options under their headings, the unnamed heading first, as in the help.
std::string OptionTexts(const std::vector<OptionEntry>& options) {
  std::vector<std::string> headings = {"Options"};
  for (const OptionEntry& option : options) {
    if (std::ranges::find(headings, option.heading) == headings.end()) {
      headings.push_back(option.heading);
    }
  }
  std::string text = Section("options");
  for (const std::string& heading : headings) {
    if (heading != headings[0]) text += ".SS \"" + Escaped(heading) + "\"\n";
    for (const OptionEntry& option : options) {
      if (option.heading == heading) text += OptionText(option);
    }
  }
  return text;
}

std::string Synopsis(const CommandEntry& command, const std::string& words) {
  std::string text = Bold(words);
  if (!command.options.empty()) text += " [" + Italic("OPTIONS") + "]";
  for (const OptionEntry& argument : command.arguments) {
    const std::string name = Tag(argument);
    text += argument.required ? " " + name : " [" + name + "]";
  }
  if (!command.commands.empty()) text += " " + Italic("COMMAND");
  if (command.forwards) text += " " + Italic("COMMAND") + " ...";
  return Section("synopsis") + text + "\n";
}

std::string Description(const CommandEntry& command, const std::string& words) {
  std::string text = Section("description") + Line(Sentence(command.description));
  if (command.forwards) {
    text += ".PP\n" + Line("Another program reads its options: " + words + " --help lists them.");
  }
  for (const std::string& paragraph : Paragraphs(command.footer)) {
    if (paragraph.starts_with(kExamples) || paragraph.starts_with(kExitCodes)) continue;
    text += ".PP\n" + FilledText(paragraph);
  }
  return text;
}

// The sections that a footer has under names of their own.
std::string FooterSections(const std::string& footer) {
  std::string exits, examples;
  for (const std::string& paragraph : Paragraphs(footer)) {
    if (paragraph.starts_with(kExamples)) examples = Examples(paragraph.substr(kExamples.size()));
    if (paragraph.starts_with(kExitCodes)) {
      exits = Section("exit status") + FilledText(paragraph.substr(kExitCodes.size()));
    }
  }
  return exits + examples;
}

class Writer {
 public:
  Writer(const std::string& version, const std::string& date) : version_(version), date_(date) {}

  // Adds the pages of `command` and its commands; `parents` are the words before its name.
  void Add(const CommandEntry& command, const std::vector<std::string>& parents) {
    std::vector<std::string> path = parents;
    path.push_back(command.name);
    const std::string name = Joined(path, "-");
    const std::string words = Joined(path, " ");
    std::string text = ".TH \"" + Escaped(name) + "\" 1 \"" + date_ + "\" \"" + version_ +
                       "\" \"Verger\"\n" + Section("name") + Escaped(name) + " \\- " +
                       Escaped(command.description) + "\n" + Synopsis(command, words) +
                       Description(command, words);
    if (!command.arguments.empty()) {
      text += Section("arguments");
      for (const OptionEntry& argument : command.arguments) text += OptionText(argument);
    }
    if (!command.options.empty()) text += OptionTexts(command.options);
    if (!command.commands.empty()) {
      text += Section("commands");
      for (const CommandEntry& each : command.commands) {
        text += ".TP\n" + Bold(each.name) + "\n" + Line(Sentence(each.description));
      }
    }
    text += FooterSections(command.footer) + SeeAlso(command, parents, name);
    pages_.push_back({name, text});
    for (const CommandEntry& each : command.commands) Add(each, path);
  }

  std::vector<ManPage> pages() && { return std::move(pages_); }

 private:
  // The page above, and those below.
  static std::string SeeAlso(const CommandEntry& command, const std::vector<std::string>& parents,
                             const std::string& name) {
    std::vector<std::string> names;
    if (!parents.empty()) names.push_back(Joined(parents, "-"));
    for (const CommandEntry& each : command.commands) names.push_back(name + "-" + each.name);
    std::string text;
    for (const std::string& each : names) {
      text += ".BR " + Escaped(each) + " (1)" + (&each == &names.back() ? "" : ",") + "\n";
    }
    return text.empty() ? "" : Section("see also") + text;
  }

  std::string version_;
  std::string date_;
  std::vector<ManPage> pages_;
};

}  // namespace

std::vector<ManPage> ManPages(const CommandEntry& program, const std::string& version,
                              const std::string& date) {
  Writer writer(version, date);
  writer.Add(program, {});
  return std::move(writer).pages();
}

}  // namespace verger::cli
