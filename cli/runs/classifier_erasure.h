// classifier_erasure.h: trains the classifier of an output again without erased photos.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/runs/output.h"
#include "cli/runs/training.h"

namespace verger::cli {

// What became of it.
struct ErasedClassifier {
  std::string state = "none";  // there was none; "trained": again, without them; "removed"
  std::string problem;         // why it was removed and not trained again
};

// A classifier contains means and scatter of its training photos. So it is trained again on the
// remaining photos, with its own settings, before the version without the erased photos is
// committed; the old one is removed right before the commit. A run that is stopped in between loses
// only a classifier that can be trained again.
class ClassifierErasure {
 public:
  // Reads the classifier, and passes its taught labels to `forgetting`, which may select them too.
  // Requires: both outlive this. Errors: Failure kStorage.
  ClassifierErasure(const Output& output, verger_forgetting& forgetting);

  // Trains on the parts of `manifest`, the version to be committed, without the erased taught
  // photos; the output is not changed. The Results of that version are not published yet, so a
  // classifier of pca_features is trained by Publish.
  // Errors: Interrupted; Failure kStorage.
  void TrainFor(const Manifest& manifest, int threads, ProgressMode progress);

  // Call it right before the commit. Errors: as Output::Remove.
  void Remove() const;

  // Call it after the commit. Errors: Interrupted; Failure kStorage.
  ErasedClassifier Publish();

 private:
  ClassifierHandle WithoutMeant() const;
  void Train(const Manifest& manifest);

  const Output& output_;
  ClassifierHandle before_;
  std::string damage_;              // of a classifier that is damaged
  std::vector<std::string> meant_;  // taught labels that go
  TrainingOptions options_;
  ClassifierHandle trained_;
  std::string problem_;  // why it cannot be trained on what is left
};

}  // namespace verger::cli
