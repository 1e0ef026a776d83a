#include "core/evaluate/group_alike.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <tuple>

#include "core/evaluate/groups.h"
#include "core/evaluate/leaks.h"
#include "core/evaluate/neighbours.h"

namespace verger {
namespace {

constexpr std::size_t kLinks = 8;  // of a photo

struct Link {
  double cosine;
  std::size_t a;
  std::size_t b;
};

std::vector<Link> LinksOf(const std::vector<std::size_t>& which, const Neighbours& neighbours) {
  std::vector<Link> links;
  for (std::size_t i = 0; i < which.size(); ++i) {
    for (const Neighbour& neighbour : neighbours[i]) {
      if (neighbour.cosine < kAlike) break;
      links.push_back({neighbour.cosine, which[i], neighbour.row});
    }
  }
  std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::tuple(-a.cosine, a.a, a.b) < std::tuple(-b.cosine, b.a, b.b);
  });
  return links;
}

}  // namespace

Result<std::vector<int>> GroupAlike(const EvaluationRows& rows, int threads,
                                    const Progress& progress) {
  const std::vector<std::size_t> which = RowsToCompare(rows);
  const NeighbourKind kinds[] = {{kLinks, Labels::kSame, {}, {}}};
  VERGER_ASSIGN_OR_RETURN(const std::vector<Neighbours> neighbours,
                          FindNeighbours(rows, which, rows, kinds, threads, progress));
  std::vector<std::int64_t> of_label(rows.label_names.size());
  for (const int label : rows.labels) ++of_label[static_cast<std::size_t>(label)];

  std::vector<std::size_t> first(rows.size());
  std::vector<std::int64_t> size(rows.size(), 1);
  std::iota(first.begin(), first.end(), std::size_t{0});
  const auto first_of = [&](std::size_t row) {
    while (first[row] != row) row = first[row] = first[first[row]];
    return row;
  };
  for (const Link& link : LinksOf(which, neighbours[0])) {
    const std::size_t a = first_of(link.a);
    const std::size_t b = first_of(link.b);
    const std::int64_t photos = of_label[static_cast<std::size_t>(rows.labels[link.a])];
    if (a == b || size[a] + size[b] > std::max<std::int64_t>(2, photos / kBlocks)) continue;
    first[std::max(a, b)] = std::min(a, b);
    size[std::min(a, b)] = size[a] + size[b];
  }
  std::map<std::size_t, int> numbers;
  std::vector<int> groups;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const int next = static_cast<int>(numbers.size());
    groups.push_back(numbers.try_emplace(first_of(row), next).first->second);
  }
  return groups;
}

}  // namespace verger
