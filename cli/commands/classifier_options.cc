#include "cli/commands/classifier_options.h"

#include <fmt/core.h>

#include <charconv>

#include "cli/base/error.h"
#include "cli/base/files.h"

namespace verger::cli {

double ClassifierOptions::Shrinkage() const {
  if (shrinkage == "auto") return 0;
  double share = 0;
  const char* const last = shrinkage.data() + shrinkage.size();
  const auto [end, error] = std::from_chars(shrinkage.data(), last, share);
  if (error != std::errc() || end != last || !(share > 0) || share > 1) {
    throw Failure(
        Exit::kUsage,
        fmt::format("--shrinkage {}: give auto, or a number above 0 and up to 1", shrinkage));
  }
  return share;
}

std::string ClassifierOptions::LabelTable() const {
  return labels.empty() ? std::string() : ReadFile(labels);
}

void AddOptions(Command& command, ClassifierOptions& options) {
  command
      .AddOption("--method", &options.method,
                 "Method: relative (relative distances between discriminants), lda (linear "
                 "discriminant analysis) or logistic (logistic regression, slower)")
      .OneOf({"relative", "lda", "logistic"})
      .ShowDefault();
  command
      .AddOption("--transform", &options.transform,
                 "Transform of the features before training: none; root, the square root scaled to "
                 "length 1; or auto, the more accurate of both on held-out groups")
      .OneOf({"auto", "none", "root"})
      .ShowDefault();
  command
      .AddOption("--shrinkage", &options.shrinkage,
                 "Shrink the covariance towards a multiple of the identity: its weight, above 0 "
                 "and up to 1; or auto, the most accurate weight on held-out groups")
      .ShowDefault();
  command.AddOption("--groups", &options.groups,
                    "Photos to hold out together: folder:N, those of one folder N levels above the "
                    "label's; or a regular expression on paths, whose first capture is the name of "
                    "the group. By default each series of file names is a group");
  command
      .AddOption("--label-level", &options.label_level,
                 "Label each photo by the folder this many levels above its own")
      .Between(0, 100)
      .ShowDefault();
  command
      .AddOption("--labels", &options.labels,
                 "CSV file with two columns, a label and the label to use instead, for coarser "
                 "labels such as Apple for Gala")
      .TakesFile();
  command
      .AddOption("--penalty", &options.penalty,
                 "Penalty of logistic regression, 1 / C in scikit-learn (default 1)")
      .Positive();
}

}  // namespace verger::cli
