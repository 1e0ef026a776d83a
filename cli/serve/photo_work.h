// photo_work.h: photos to answers.
#pragma once

#include <string>
#include <vector>

#include "cli/serve/message.h"
#include "cli/serve/metrics.h"
#include "cli/serve/router.h"
#include "cli/serve/served_output.h"

namespace verger::cli {

// A photo that waits for its answer.
struct PhotoJob {
  Query query;
  std::string photo;
  Clock::time_point deadline;
  Respond respond;
};

// Answers all jobs, each exactly once. Jobs behind their deadline are refused without work.
// Requires: the calls have the same views. Does not throw.
void AnswerPhotos(const ServedOutput& served, std::vector<PhotoJob>& jobs, Metrics& metrics);

}  // namespace verger::cli
