// label_counts.h: the labels of an output, and how many photos each has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/ends.h"
#include "core/report/even_sample.h"

namespace verger {

struct LabelCount {
  std::string name;
  std::int64_t rows = 0;  // with features
  std::int64_t rejects = 0;
  EvenSample<ReportPhoto> sample{16};
};

// Labels in the order in which they come. Beyond 65,536 of them all others count as one.
class LabelCounts {
 public:
  // The number of a label, which may be new.
  std::uint32_t Number(std::string_view name);

  LabelCount& operator[](std::uint32_t number) { return labels_[number]; }
  const LabelCount& operator[](std::uint32_t number) const { return labels_[number]; }
  std::size_t size() const { return labels_.size(); }

  // What a page says of them.
  struct Choice {
    std::vector<std::uint32_t> labels;  // by name, as people sort: "Pear 2" before "Pear 10"
    std::vector<std::uint32_t> place;   // of each label in `labels`; that of all others at the end
    LabelCount others;                  // all that are not among `labels`, as one
    std::size_t others_count = 0;
  };

  // The `most` labels of the most photos.
  Choice Choose(std::size_t most) const;

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<LabelCount> labels_;
};

// Whether `a` comes before `b` where runs of digits are numbers; a total order.
bool NaturallyBefore(std::string_view a, std::string_view b);

}  // namespace verger
