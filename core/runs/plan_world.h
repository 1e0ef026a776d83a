// plan_world.h: parts and listings that tests give to a plan.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/runs/plan.h"

namespace verger {

// A row of a part, or a photo of a listing: then `error` is why it must not be opened.
struct Row {
  std::string path;
  std::optional<std::int64_t> size = 10;
  std::optional<std::int64_t> modified = 100;
  std::string error = {};
  std::string label = "Apple";
};

inline std::string HashOf(std::string_view path) {
  return fmt::format("{:016x}{:048}", std::hash<std::string_view>()(path), 0);
}

// Columns that own what they show.
class Table {
 public:
  TextView Texts(const std::vector<std::string>& texts) {
    std::string& data = *data_.emplace_back(std::make_unique<std::string>());
    auto& ends = *ends_.emplace_back(std::make_unique<std::vector<std::int32_t>>(1, 0));
    for (const std::string& text : texts) {
      data += text;
      ends.push_back(static_cast<std::int32_t>(data.size()));
    }
    TextView view;
    view.data = data.data();
    view.ends32 = ends.data();
    return view;
  }

  IntegerView Integers(const std::vector<std::optional<std::int64_t>>& values) {
    auto& numbers = *numbers_.emplace_back(std::make_unique<std::vector<std::int64_t>>());
    auto& bits = *bits_.emplace_back(
        std::make_unique<std::vector<std::uint8_t>>((values.size() + 7) / 8 + 1));
    for (std::size_t row = 0; row < values.size(); ++row) {
      numbers.push_back(values[row].value_or(0));
      if (values[row]) bits[row / 8] |= static_cast<std::uint8_t>(1 << (row % 8));
    }
    return {numbers.data(), {bits.data(), 0}};
  }

  template <typename Value, typename Of>
  static std::vector<Value> Each(const std::vector<Row>& rows, Of of) {
    std::vector<Value> values;
    for (const Row& row : rows) values.push_back(of(row));
    return values;
  }

 private:
  std::vector<std::unique_ptr<std::string>> data_;
  std::vector<std::unique_ptr<std::vector<std::int32_t>>> ends_;
  std::vector<std::unique_ptr<std::vector<std::int64_t>>> numbers_;
  std::vector<std::unique_ptr<std::vector<std::uint8_t>>> bits_;
};

inline PartColumns ColumnsOf(const std::vector<Row>& rows) {
  auto table = std::make_shared<Table>();
  using Text = std::string;
  using Number = std::optional<std::int64_t>;
  PartColumns columns;
  columns.length = static_cast<std::int64_t>(rows.size());
  columns.path = table->Texts(Table::Each<Text>(rows, [](auto& row) { return row.path; }));
  columns.label = table->Texts(Table::Each<Text>(rows, [](auto& row) { return row.label; }));
  columns.size = table->Integers(Table::Each<Number>(rows, [](auto& row) { return row.size; }));
  columns.modified =
      table->Integers(Table::Each<Number>(rows, [](auto& row) { return row.modified; }));
  columns.sha256 = table->Texts(
      Table::Each<Text>(rows, [](auto& row) { return row.error.empty() ? HashOf(row.path) : ""; }));
  columns.error = table->Texts(Table::Each<Text>(rows, [](auto& row) { return row.error; }));
  columns.owner = table;
  return columns;
}

inline ListedPhotos ListingOf(const std::vector<Row>& rows) {
  const PartColumns columns = ColumnsOf(rows);
  ListedPhotos photos;
  photos.length = columns.length;
  photos.path = columns.path;
  photos.label = columns.label;
  photos.size = columns.size;
  photos.modified = columns.modified;
  photos.problem = columns.error;
  auto table = std::make_shared<std::pair<std::shared_ptr<const void>, Table>>();
  table->first = columns.owner;
  photos.file = table->second.Texts(std::vector<std::string>(rows.size()));
  photos.owner = table;
  return photos;
}

// A part as storage has it.
struct Part {
  std::string name;
  std::vector<Row> rows = {};
  bool listed = true;
  bool damaged = false;
  bool ranged = true;  // the manifest tells its range
  std::int64_t modified = 1;
};

inline const ModelIdentity kModel{"net", "abc", "preset", "identity", 4};

// What a plan came to, and what it asked for on the way.
struct Outcome {
  PlanResult result;
  std::vector<Todo> todo;
  std::vector<std::string> read;  // parts, as they were wanted
  std::vector<std::string> whole;
  Contents contents;

  std::vector<std::string> Paths() const {
    std::vector<std::string> paths;
    for (const Todo& item : todo) paths.push_back(item.path);
    return paths;
  }
  std::vector<std::string> KeptParts() const {
    std::vector<std::string> names;
    for (const PartEntry& part : result.kept_parts) names.push_back(part.file.name);
    return names;
  }
};

// An output and a listing; Run does for a plan what a shell does.
struct World {
  std::vector<Part> parts;
  std::vector<Row> photos;  // in the order of their paths
  PlanOptions options{kModel, false, false, false};
  bool has_manifest = true;
  ModelIdentity manifest_model = kModel;
  std::size_t listing_batch = 3;

  PartEntry EntryOf(const Part& part) const {
    PartEntry entry;
    entry.file = {part.name, 7, "sha-" + part.name};
    for (const Row& row : part.rows) ++(row.error.empty() ? entry.rows : entry.rejects);
    if (part.ranged && !part.rows.empty()) {
      const auto [low, high] = std::minmax_element(
          part.rows.begin(), part.rows.end(), [](auto& a, auto& b) { return a.path < b.path; });
      entry.first = low->path;
      entry.last = high->path;
    }
    return entry;
  }

  Outcome Run() const {
    OutputState output;
    std::vector<OutputFile> files;
    if (has_manifest) {
      output.manifest.emplace();
      output.version = 1;
      output.manifest->model = manifest_model;
      files.push_back({"_verger/manifest-000001.json", 9, 5});
    }
    std::map<std::string, const Part*> by_name;
    for (const Part& part : parts) {
      if (part.listed) output.manifest->preprocessing.push_back(EntryOf(part));
      files.push_back({part.name, 7, part.modified});
      by_name[part.name] = &part;
    }
    Plan plan(output, files, options);
    Outcome outcome;
    std::vector<QueuedPart> queue;
    std::size_t next_part = 0;
    std::size_t next_photo = 0;
    for (int steps = 0; steps < 100'000; ++steps) {
      switch (plan.Next()) {
        case Plan::Request::kQueue:
          queue = plan.TakeQueue();
          next_part = 0;
          for (const QueuedPart& part : queue) {
            if (part.whole) outcome.whole.push_back(part.name);
          }
          break;
        case Plan::Request::kPart: {
          const Part& part = *by_name.at(queue.at(next_part++).name);
          outcome.read.push_back(part.name);
          std::optional<PartContent> content;
          if (!part.damaged) {
            content = PartContent{ColumnsOf(part.rows), 7, "sha-" + part.name, "abc", "identity"};
          }
          EXPECT_TRUE(plan.AddPart(std::move(content)).has_value());
          break;
        }
        case Plan::Request::kListing: {
          const std::size_t end = std::min(photos.size(), next_photo + listing_batch);
          if (next_photo == photos.size()) {
            EXPECT_TRUE(plan.EndListing().has_value());
          } else {
            EXPECT_TRUE(
                plan.AddListing(ListingOf({photos.begin() + next_photo, photos.begin() + end}))
                    .has_value());
          }
          next_photo = end;
          break;
        }
        case Plan::Request::kTodo:
          for (Todo& item : plan.TakeTodo()) outcome.todo.push_back(std::move(item));
          break;
        case Plan::Request::kDone:
          outcome.contents = plan.TakeContents();
          outcome.result = plan.Finish();
          return outcome;
      }
    }
    ADD_FAILURE() << "the plan does not end";
    return outcome;
  }
};

using Names = std::vector<std::string>;

}  // namespace verger
