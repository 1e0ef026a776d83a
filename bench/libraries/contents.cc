// Rows by SHA-256: Contents beside hash maps of the standard library and of Abseil, and beside a
// sorted array. Each compares 64 bits of a hash. `bytes_per_row` is what malloc gave.
#include "core/runs/contents.h"

#include <absl/container/flat_hash_map.h>
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace verger {
namespace {

constexpr std::size_t kPartRows = 4096;

std::vector<std::string> Sha256s(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> hashes(count);
  for (std::string& hash : hashes) {
    for (int i = 0; i < 64; ++i) hash += "0123456789abcdef"[random() >> 60];
  }
  return hashes;
}

std::uint64_t ParseKey(std::string_view sha256) {
  std::uint64_t key = 0;
  for (const char digit : sha256.substr(0, 16)) {
    key = key << 4 | static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return key;
}

class OurContents {
 public:
  explicit OurContents(std::size_t rows) : contents_(static_cast<std::int64_t>(rows)) {}
  void Add(std::span<const std::string_view> part) { contents_.AddPart(parts_++, part); }
  void Finish() {}
  bool Has(std::string_view sha256) const { return contents_.Find(sha256).has_value(); }

 private:
  Contents contents_;
  std::int64_t parts_ = 0;
};

template <typename Map>
class MapContents {
 public:
  explicit MapContents(std::size_t rows) { map_.reserve(rows); }
  void Add(std::span<const std::string_view> part) {
    for (const std::string_view sha256 : part) map_.try_emplace(ParseKey(sha256), rows_++);
  }
  void Finish() {}
  bool Has(std::string_view sha256) const { return map_.find(ParseKey(sha256)) != map_.end(); }

 private:
  Map map_;
  std::uint32_t rows_ = 0;
};

class SortedContents {
 public:
  explicit SortedContents(std::size_t rows) { entries_.reserve(rows); }
  void Add(std::span<const std::string_view> part) {
    for (const std::string_view sha256 : part) {
      const std::uint64_t key = ParseKey(sha256);
      entries_.push_back({static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key),
                          static_cast<std::uint32_t>(entries_.size())});
    }
  }
  void Finish() { std::sort(entries_.begin(), entries_.end()); }
  bool Has(std::string_view sha256) const {
    const std::uint64_t key = ParseKey(sha256);
    const Entry first{static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key), 0};
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), first);
    return at != entries_.end() && at->high == first.high && at->low == first.low;
  }

 private:
  struct Entry {
    std::uint32_t high, low, row;
    auto operator<=>(const Entry&) const = default;
  };
  std::vector<Entry> entries_;
};

struct Hashes {
  explicit Hashes(std::size_t count) : rows(Sha256s(count, 1)), others(Sha256s(count / 2, 2)) {
    views.assign(rows.begin(), rows.end());
    // Half of the queries are rows.
    std::mt19937_64 random(3);
    queries.assign(others.begin(), others.end());
    for (std::size_t i = 0; i < count / 2; ++i) queries.push_back(rows[random() % count]);
    std::shuffle(queries.begin(), queries.end(), random);
  }
  std::vector<std::string> rows, others;
  std::vector<std::string_view> views, queries;
};

const Hashes& HashesOf(std::size_t count) {
  static const Hashes hashes(count);
  return hashes;
}

template <typename Table>
Table Fill(const Hashes& hashes) {
  Table table(hashes.views.size());
  const std::span<const std::string_view> rows(hashes.views);
  for (std::size_t at = 0; at < rows.size(); at += kPartRows) {
    table.Add(rows.subspan(at, std::min(kPartRows, rows.size() - at)));
  }
  table.Finish();
  return table;
}

template <typename Table>
void Add(benchmark::State& state) {
  const Hashes& hashes = HashesOf(static_cast<std::size_t>(state.range(0)));
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // so that mallinfo2 counts it all
  double bytes = 0;
  for (auto _ : state) {
    const std::size_t before = mallinfo2().uordblks;
    const Table table = Fill<Table>(hashes);
    bytes = static_cast<double>(mallinfo2().uordblks - before);
    benchmark::DoNotOptimize(&table);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_per_row"] = bytes / static_cast<double>(state.range(0));
}

template <typename Table>
void Find(benchmark::State& state) {
  const Hashes& hashes = HashesOf(static_cast<std::size_t>(state.range(0)));
  const Table table = Fill<Table>(hashes);
  std::size_t matches = 0;
  for (auto _ : state) {
    matches = 0;
    for (const std::string_view sha256 : hashes.queries) matches += table.Has(sha256);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["matches"] = static_cast<double>(matches);
}

using Std = MapContents<std::unordered_map<std::uint64_t, std::uint32_t>>;
using Abseil = MapContents<absl::flat_hash_map<std::uint64_t, std::uint32_t>>;

constexpr std::int64_t kRows = 1'000'000;
BENCHMARK_TEMPLATE(Add, OurContents)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Add, Std)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Add, Abseil)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Add, SortedContents)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Find, OurContents)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Find, Std)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Find, Abseil)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(Find, SortedContents)->Arg(kRows)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace verger

BENCHMARK_MAIN();
