// evaluation_json.h: an evaluation as a document.
#pragma once

#include <optional>
#include <string>

#include "core/evaluate/background.h"
#include "core/evaluate/evaluate.h"

namespace verger {

// A JSON object; docs/honest-results.md says what is in it.
//
// `test`: as of Evaluate; `background`: nothing where it was not asked for.
std::string ToJson(const Evaluation& evaluation, const EvaluationRows& rows,
                   const EvaluationRows* test, const std::optional<Background>& background);

}  // namespace verger
