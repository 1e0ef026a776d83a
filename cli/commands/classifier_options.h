// classifier_options.h: the options of training that several commands share.
#pragma once

#include <string>

#include "cli/commands/arguments.h"

namespace verger::cli {

struct ClassifierOptions {
  std::string method = "relative";
  std::string transform = "auto";
  std::string shrinkage = "auto";
  std::string groups;
  int label_level = 0;
  std::string labels;  // file of the table; "": none
  double penalty = 0;

  // "" for auto.
  std::string Transform() const { return transform == "auto" ? "" : transform; }

  // CSV text of `labels`. Errors: Failure kBadInput if the file cannot be read.
  std::string LabelTable() const;

  // 0 for auto. Errors: Failure kUsage.
  double Shrinkage() const;
};

void AddOptions(Command& command, ClassifierOptions& options);

}  // namespace verger::cli
