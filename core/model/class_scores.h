// class_scores.h: whether what a network gives is features at all.
#pragma once

#include <string>

namespace ov {
class Node;
template <typename NodeType>
class Output;
}  // namespace ov

namespace verger {

// A line that says so if `features` look like scores of classes: a softmax, a name such as
// "logits", 1000 numbers, or a last layer that is fully connected and narrows. It names the tensor
// in front of that layer where it has a name. Else "".
std::string NoteOnClassScores(const ov::Output<ov::Node>& features);

}  // namespace verger
