// evaluation_text.h: an evaluation for people.
#pragma once

#include <optional>
#include <string>

#include "core/evaluate/background.h"
#include "core/evaluate/evaluate.h"

namespace verger {

// One screen: the splits, the naive one first and called that, with the reason; unknown fruit;
// background; the three worst confusions; how many labels are likely wrong.
std::string ToText(const Evaluation& evaluation, const EvaluationRows& rows,
                   const std::optional<Background>& background);

}  // namespace verger
