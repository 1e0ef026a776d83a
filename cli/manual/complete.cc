#include "cli/manual/complete.h"

#include <algorithm>
#include <ranges>
#include <string_view>

namespace verger::cli {
namespace {

bool HasName(const OptionEntry& option, std::string_view name) {
  return std::ranges::find(option.names, name) != option.names.end();
}

const OptionEntry* FindOption(const CommandEntry& command, std::string_view name) {
  const auto match = std::ranges::find_if(
      command.options, [&](const OptionEntry& option) { return HasName(option, name); });
  return match == command.options.end() ? nullptr : &*match;
}

bool IsFlag(const OptionEntry& option) { return option.value.empty(); }

// The words before the last one, as far as they decide what may follow.
class Line {
 public:
  explicit Line(const CommandEntry& program) : command_(&program) {}

  void Read(const std::string& word) {
    if (!only_arguments_ && word == "--") {
      only_arguments_ = true;
      open_ = nullptr;
    } else if (!only_arguments_ && word.size() > 1 && word[0] == '-') {
      ReadOption(word);
    } else if (open_ != nullptr) {
      if (!open_->takes_several) open_ = nullptr;
    } else {
      ReadArgument(word);
    }
  }

  const CommandEntry& command() const { return *command_; }

  // The option whose value comes next; null if none does.
  const OptionEntry* open() const { return open_; }

  // The argument that comes next; null if there is none.
  const OptionEntry* argument() const {
    const auto& arguments = command_->arguments;
    if (arguments_ < arguments.size()) return &arguments[arguments_];
    return !arguments.empty() && arguments.back().takes_several ? &arguments.back() : nullptr;
  }

  // Whether `option` may be added.
  bool MayUse(const OptionEntry& option) const {
    return std::ranges::none_of(options_, [&](const OptionEntry* present) {
      return (present == &option && !option.repeats) ||
             std::ranges::any_of(present->excludes,
                                 [&](const std::string& name) { return HasName(option, name); });
    });
  }

  bool only_arguments() const { return only_arguments_; }

 private:
  void ReadOption(const std::string& word) {
    const bool is_long = word.starts_with("--");
    const std::size_t end = is_long ? std::min(word.find('='), word.size()) : 2;
    open_ = FindOption(*command_, word.substr(0, end));
    if (open_ == nullptr) return;
    options_.push_back(open_);
    if (IsFlag(*open_) || end < word.size()) open_ = nullptr;
  }

  void ReadArgument(const std::string& word) {
    const auto match = std::ranges::find(command_->commands, word, &CommandEntry::name);
    if (match == command_->commands.end()) {
      ++arguments_;
      return;
    }
    command_ = &*match;
    options_.clear();
    arguments_ = 0;
  }

  const CommandEntry* command_;
  const OptionEntry* open_ = nullptr;
  std::vector<const OptionEntry*> options_;
  std::size_t arguments_ = 0;
  bool only_arguments_ = false;
};

void AddCandidate(Completions& completions, std::string_view word, const std::string& candidate,
                  const std::string& help = "") {
  if (candidate.starts_with(word)) completions.candidates.push_back({candidate, help});
}

// The values of an option or argument; `before` is what stands before the value in `word`.
void AddValues(Completions& completions, std::string_view word, const std::string& before,
               const ValueHints& hints) {
  completions.names = hints.kind;
  for (const std::string& value : hints.choices) AddCandidate(completions, word, before + value);
  if (!hints.suggestions) return;
  for (const std::string& value : hints.suggestions()) {
    AddCandidate(completions, word, before + value);
  }
}

void AddOptionNames(Completions& completions, const std::string& word, const Line& line) {
  for (const OptionEntry& option : line.command().options) {
    if (!line.MayUse(option)) continue;
    // One name an option: the last, which is the long one, unless the word is a short one.
    const bool is_short = word.size() == 2 && word != "--" && HasName(option, word);
    AddCandidate(completions, word, is_short ? word : option.names.back(), option.help);
  }
}

}  // namespace

Completions CompleteWords(const CommandEntry& program, std::span<const std::string> words) {
  Completions completions;
  Line line(program);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    line.Read(words[i]);
    if (line.command().forwards) {
      completions.forwarded_from = i + 1;
      return completions;
    }
  }
  const std::string word = words.empty() ? "" : words.back();
  const bool is_option = !line.only_arguments() && word.starts_with('-');
  const std::size_t equals = word.find('=');
  if (is_option && equals != std::string::npos) {
    const OptionEntry* option = FindOption(line.command(), word.substr(0, equals));
    if (option) AddValues(completions, word, word.substr(0, equals + 1), option->hints);
  } else if (is_option) {
    AddOptionNames(completions, word, line);
  } else if (line.open()) {
    AddValues(completions, word, "", line.open()->hints);
  } else if (!line.command().commands.empty()) {
    for (const CommandEntry& command : line.command().commands) {
      AddCandidate(completions, word, command.name, command.description);
    }
  } else if (const OptionEntry* argument = line.argument()) {
    AddValues(completions, word, "", argument->hints);
  }
  return completions;
}

std::string FormatCompletions(const Completions& completions) {
  const bool files = completions.names == ValueKind::kFile;
  std::string text = completions.names == ValueKind::kText ? "words" : files ? "files" : "folders";
  text += "\n";
  for (const Candidate& candidate : completions.candidates) {
    text += candidate.word + "\t" + candidate.help + "\n";
  }
  return text;
}

}  // namespace verger::cli
