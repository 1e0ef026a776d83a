// saved_moments.h: the moments of an output's rows, saved beside them.
#pragma once

#include <string>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/runs/output.h"
#include "cli/runs/plan.h"

namespace verger::cli {

// Of no rows yet.
MomentsHandle NewMoments(int dimension);

// Refuses features too wide for the memory there is: for two moments of a run, and `more`.
// Errors: Failure kBadInput, with the remedy.
void RequireMemoryForMoments(int dimension, int more = 0);

// Publishes moments for the version that the next commit makes. Errors: Failure kStorage.
FileEntry SaveMoments(const Output& output, const verger_moments& moments);

// Errors: Failure kStorage, with the remedy, if the saved moments are damaged.
MomentsHandle LoadMoments(const Output& output, const Manifest& manifest);

// Counts in the rows of parts that have features. Errors: Failure kStorage.
void AddParts(const Output& output, const std::vector<FileEntry>& parts, verger_moments& moments);

// Moments of the rows that a plan keeps, but for those of parts that no manifest counts yet, and
// whether they are the ones that the output has saved; where those were lost or count rows that go,
// they are gathered from the parts.
struct ReusedMoments {
  MomentsHandle moments;
  bool saved = false;
};
ReusedMoments MomentsOfReusedParts(const Output& output, const Plan& plan, int dimension);

}  // namespace verger::cli
