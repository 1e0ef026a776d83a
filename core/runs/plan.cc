#include "core/runs/plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/runs/merged_part.h"
#include "core/runs/names.h"

namespace verger {
namespace {

constexpr std::size_t kTodoBatch = 8192;

Error NotRequested(const char* what) {
  return Error{Code::kBadCall,
               fmt::format("the plan does not request a {} now: call verger_plan_next", what)};
}

// No more than the files can hold, each row with a number of 4 bytes at least.
std::int64_t RowsExpected(const OutputState& output, const std::vector<OutputFile>& files) {
  std::int64_t bytes = 0;
  for (const OutputFile& file : files) bytes += file.bytes;
  return output.manifest ? std::min(output.manifest->rows(), bytes / 4) : 0;
}

}  // namespace

class Plan::Merge {
 public:
  Merge(const OutputState& output, const std::vector<OutputFile>& files, PlanOptions options)
      : options_(std::move(options)), contents_(RowsExpected(output, files)) {
    AddParts(output, files);
  }

  Request Next() {
    if (todo_.size() >= kTodoBatch) return Request::kTodo;
    if (!queue_taken_) return Request::kQueue;
    if (phase_ == Phase::kMerge) {
      if (const auto request = MergeOn()) return *request;
      Decide();
      if (!queue_.empty()) return Request::kQueue;
    }
    if (next_in_queue_ < queue_.size()) return Request::kPart;
    return todo_.empty() ? Request::kDone : Request::kTodo;
  }

  std::vector<QueuedPart> TakeQueue() {
    queue_taken_ = true;
    std::vector<QueuedPart> queue;
    for (const std::uint32_t number : queue_) {
      const MergedPart& part = parts_[number];
      // Taken a second time for its rows alone, a part has been checked.
      queue.push_back({number, part.entry.file.name, part.whole && phase_ == Phase::kMerge});
    }
    return queue;
  }

  Status AddPart(std::optional<PartContent> content) {
    if (Next() != Request::kPart) return NotRequested("part");
    const std::uint32_t number = queue_[next_in_queue_++];
    MergedPart& part = parts_[number];
    if (phase_ == Phase::kTake) return TakeRows(number, content);
    if (!part.Open(std::move(content), options_)) return Ok();
    sha256s_.clear();
    for (std::int64_t row = 0; row < part.columns.length; ++row) {
      sha256s_.push_back(part.IsReject(row) ? "" : part.columns.sha256[row]);
    }
    contents_.AddPart(number, sha256s_);
    if (part.AtEnd()) return Ok();
    open_.push_back(number);
    std::push_heap(open_.begin(), open_.end(), Later{parts_});
    return Ok();
  }

  Status AddListing(ListedPhotos photos) {
    if (Next() != Request::kListing) return NotRequested("listing");
    for (std::int64_t row = 0; row < photos.length; ++row) {
      const std::string_view path = photos.path[row];
      const std::string_view before =
          row == 0 ? std::string_view(last_listed_) : photos.path[row - 1];
      if (path <= before && (any_listed_ || row > 0)) {
        return Error{Code::kBadCall,
                     fmt::format("the listing is out of order: '{}' after '{}'", path, before)};
      }
    }
    if (photos.length > 0) last_listed_ = photos.path[photos.length - 1];
    for (std::int64_t row = 0; row < photos.length; ++row) {
      if (!photos.path[row].ends_with('/')) ++result_.listed;
    }
    any_listed_ = any_listed_ || photos.length > 0;
    photos_ = std::move(photos);
    photo_ = 0;
    return Ok();
  }

  Status EndListing() {
    if (Next() != Request::kListing) return NotRequested("listing");
    listing_ended_ = true;
    return Ok();
  }

  std::vector<Todo> TakeTodo() { return std::exchange(todo_, {}); }

  PlanResult Finish() {
    [[maybe_unused]] const Request request = Next();
    assert(request == Request::kDone);
    return std::move(result_);
  }

  Contents TakeContents() { return std::exchange(contents_, Contents()); }

 private:
  enum class Phase { kMerge, kTake };

  struct PartRow {
    std::uint32_t part = 0;
    std::uint32_t row = 0;
  };

  // A row that speaks of the same photo as a row of another part; one of them will stay.
  struct Claim {
    std::uint32_t part = 0;
    std::uint32_t row = 0;
    std::uint32_t photo = 0;
    Reject reject = {};  // its path and reason, where it is one
    std::string label = {};
  };

  struct Later {
    const std::vector<MergedPart>& parts;
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      const int order = parts[a].Path().compare(parts[b].Path());
      return order != 0 ? order > 0 : a > b;
    }
  };

  void AddParts(const OutputState& output, const std::vector<OutputFile>& files) {
    std::unordered_map<std::string_view, const OutputFile*> there;
    Listing names;
    for (const OutputFile& file : files) {
      there.emplace(file.name, &file);
      names.push_back(file.name);
    }
    if (output.manifest) {
      const auto manifest = there.find(LatestManifest(names).name);
      const bool known = manifest != there.end();
      const bool same = output.manifest->model.SameFeatures(options_.model);
      if (!same) result_.outdated = output.manifest->rows();
      for (const PartEntry& entry : output.manifest->preprocessing) {
        MergedPart part{entry, /*listed=*/true};
        const auto file = there.find(entry.file.name);
        part.other_network = !same;
        part.damaged = same && file == there.end();
        part.whole = !known || options_.check_all || part.damaged ||
                     file->second->modified > manifest->second->modified ||
                     file->second->bytes != entry.file.bytes;
        parts_.push_back(std::move(part));
      }
    }
    for (std::string& name : Unlisted(output, names, kPreprocessing)) {
      PartEntry entry;
      entry.file.name = std::move(name);
      MergedPart part{std::move(entry), /*listed=*/false};
      part.whole = true;
      parts_.push_back(std::move(part));
    }
    for (std::uint32_t number = 0; number < parts_.size(); ++number) {
      result_.parts.push_back(parts_[number].entry.file.name);
      if (!parts_[number].other_network && !parts_[number].damaged) queue_.push_back(number);
    }
    std::stable_sort(queue_.begin(), queue_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return parts_[a].entry.first < parts_[b].entry.first;
    });
  }

  // Merges as far as listing and parts are there.
  std::optional<Request> MergeOn() {
    while (todo_.size() < kTodoBatch) {
      const bool photo = photo_ < photos_.length;
      if (!photo && !listing_ended_) return Request::kListing;
      const bool row = !open_.empty();
      int order = photo ? 1 : -1;  // of the lowest row's path beside the photo's
      if (photo && row) order = parts_[open_.front()].Path().compare(photos_.path[photo_]);
      if (next_in_queue_ < queue_.size()) {
        // A part is opened once the merge comes to its first path, not before.
        const std::string& first = parts_[queue_[next_in_queue_]].entry.first;
        const bool due = (!photo && !row) ||
                         first <= (order > 0 ? photos_.path[photo_] : parts_[open_.front()].Path());
        if (due) return Request::kPart;
      }
      if (!photo && !row) return std::nullopt;
      if (row && order <= 0) {
        MergeRows(order == 0);
      } else if (photos_.path[photo_].ends_with('/')) {
        // One inside another that could not be listed either changes nothing.
        if (!IsUnread(photos_.path[photo_])) unread_folder_ = photos_.path[photo_];
        ++photo_;
      } else {
        AddPhoto();
      }
    }
    return Request::kTodo;
  }

  // All rows of the lowest path, which is the listed photo's or of one that is gone.
  void MergeRows(bool listed) {
    const std::string_view path = parts_[open_.front()].Path();
    same_.clear();
    do {
      std::pop_heap(open_.begin(), open_.end(), Later{parts_});
      const std::uint32_t number = open_.back();
      MergedPart& part = parts_[number];
      const std::uint32_t row = part.Row();
      // A second row of the same part cannot stay beside the first.
      const bool again = !same_.empty() && same_.back().part == number;
      if (!again && Stays(part, row, listed)) {
        same_.push_back({number, row});
      } else {
        part.Drop(row);
      }
      part.Advance();
      if (part.AtEnd()) {
        ended_.push_back(number);
        open_.pop_back();
      } else {
        std::push_heap(open_.begin(), open_.end(), Later{parts_});
      }
    } while (!open_.empty() && parts_[open_.front()].Path() == path);
    if (!same_.empty() && !listed) ++(IsUnread(path) ? result_.unread : result_.vanished);
    if (same_.size() == 1) {
      CountRow(parts_[same_.front().part], same_.front().row);
    } else if (!same_.empty()) {
      for (const PartRow& one : same_) claims_.push_back(ClaimOf(one));
      ++claimed_photos_;
    }
    // Not before: `path` is in one of them.
    for (const std::uint32_t number : ended_) parts_[number].Close();
    ended_.clear();
    if (!listed) return;
    if (same_.empty()) {
      AddPhoto();
    } else {
      ++photo_;
    }
  }

  bool Stays(const MergedPart& part, std::uint32_t row, bool listed) const {
    if (!listed) {
      return IsUnread(part.columns.path[row]) || (!options_.drop_vanished && !part.IsReject(row));
    }
    // What is not known on either side cannot be the same.
    return !part.columns.size.IsNull(row) && !photos_.modified.IsNull(photo_) &&
           part.columns.size[row] == photos_.size[photo_] &&
           part.columns.modified[row] == photos_.modified[photo_] &&
           !(part.IsReject(row) && MayPassWith(part.columns.error[row], options_.limits));
  }

  // Whether the photo may be in a folder that could not be listed.
  bool IsUnread(std::string_view path) const {
    return !unread_folder_.empty() && (unread_folder_ == "/" || path.starts_with(unread_folder_));
  }

  Claim ClaimOf(const PartRow& one) const {
    const MergedPart& part = parts_[one.part];
    Claim claim{one.part, one.row, claimed_photos_};
    if (part.IsReject(one.row)) {
      claim.reject = {std::string(part.columns.path[one.row]),
                      std::string(part.columns.error[one.row])};
    } else {
      claim.label = part.columns.label[one.row];
    }
    return claim;
  }

  // What the summary reports of a row that stays.
  void CountRow(const MergedPart& part, std::uint32_t row) {
    if (!part.IsReject(row)) {
      CountLabel(part.columns.label[row]);
    } else if (result_.rejects.size() < kRejectsListed) {
      result_.rejects.push_back(
          {std::string(part.columns.path[row]), std::string(part.columns.error[row])});
    }
  }

  // The same of one that stood against others.
  void CountClaim(Claim& claim) {
    if (claim.reject.reason.empty()) {
      CountLabel(claim.label);
    } else {
      // Decide sorts these among the first that were merged, and keeps the first by path.
      result_.rejects.push_back(std::move(claim.reject));
    }
  }

  void CountLabel(std::string_view label) {
    if (label != latest_label_) latest_label_ = *result_.labels.emplace(label).first;
  }

  // What a listed photo and a row of a part have alike.
  template <typename Columns>
  static Todo TodoOf(const Columns& columns, std::int64_t row) {
    Todo todo;
    todo.path = columns.path[row];
    todo.label = columns.label[row];
    if (!columns.size.IsNull(row)) todo.size = columns.size[row];
    if (!columns.modified.IsNull(row)) todo.modified = columns.modified[row];
    return todo;
  }

  void AddPhoto() {
    Todo todo = TodoOf(photos_, photo_);
    todo.problem = photos_.problem[photo_];
    todo.file = photos_.file[photo_];
    todo_.push_back(std::move(todo));
    ++result_.todo;
    ++photo_;
  }

  // Requires: every row has been read. Decides which parts stay, and whose rows are copied.
  void Decide() {
    phase_ = Phase::kTake;
    constexpr std::uint32_t kNobody = ~std::uint32_t{0};
    std::vector<std::uint32_t> owners(claimed_photos_, kNobody);
    std::stable_sort(claims_.begin(), claims_.end(),
                     [](const Claim& a, const Claim& b) { return a.part < b.part; });
    const auto claims_of = [&](std::uint32_t number) {
      return std::equal_range(claims_.begin(), claims_.end(), Claim{number},
                              [](const Claim& a, const Claim& b) { return a.part < b.part; });
    };
    result_.kept_all_listed = true;
    for (std::uint32_t number = 0; number < parts_.size(); ++number) {
      MergedPart& part = parts_[number];
      const auto [begin, end] = claims_of(number);
      part.stays_whole =
          part.usable && part.AllStay() && std::all_of(begin, end, [&](const Claim& claim) {
            return owners[claim.photo] == kNobody;
          });
      if (part.stays_whole) {
        for (auto claim = begin; claim != end; ++claim) owners[claim->photo] = number;
      }
      Tell(part);
    }
    queue_.clear();
    next_in_queue_ = 0;
    for (std::uint32_t number = 0; number < parts_.size(); ++number) {
      MergedPart& part = parts_[number];
      if (part.stays_whole || !part.usable) continue;
      const auto [begin, end] = claims_of(number);
      for (auto claim = begin; claim != end; ++claim) {
        std::uint32_t& owner = owners[claim->photo];
        if (owner == kNobody) owner = number;
        if (owner != number) part.Drop(claim->row);
      }
      if (part.AnyStays()) queue_.push_back(number);
    }
    for (Claim& claim : claims_) {
      if (owners[claim.photo] == claim.part) CountClaim(claim);
    }
    std::stable_sort(result_.rejects.begin(), result_.rejects.end(),
                     [](const Reject& a, const Reject& b) { return a.path < b.path; });
    result_.rejects.resize(std::min(result_.rejects.size(), kRejectsListed));
    queue_taken_ = queue_.empty();
  }

  void Tell(const MergedPart& part) {
    const std::string& name = part.entry.file.name;
    if (part.stays_whole) {
      result_.kept_parts.push_back(part.entry);
      if (!part.listed) result_.unlisted.push_back(name);
      return;
    }
    result_.replaced.push_back(name);
    if (part.damaged) result_.damaged.push_back(name);
    if (part.listed) result_.kept_all_listed = false;
  }

  // The rows that stay, of a part that does not.
  Status TakeRows(std::uint32_t number, const std::optional<PartContent>& content) {
    MergedPart& part = parts_[number];
    if (!content || content->rows.length != part.Length()) {
      return Error{
          Code::kBadOutput,
          fmt::format("{}: it was readable before and is not now: run the same command again",
                      part.entry.file.name)};
    }
    const PartColumns& rows = content->rows;
    for (const std::uint32_t row : InOrderOfPaths(rows)) {
      if (!part.StaysAt(row)) continue;
      Todo todo = TodoOf(rows, row);
      todo.sha256 = rows.sha256[row];
      todo.error = rows.error[row];
      todo.part = number;
      todo.row = row;
      todo_.push_back(std::move(todo));
      ++result_.todo;
      ++result_.reused;
    }
    return Ok();
  }

  const PlanOptions options_;
  Phase phase_ = Phase::kMerge;
  std::vector<MergedPart> parts_;     // those of the manifest in its order, then unlisted ones
  std::vector<std::uint32_t> queue_;  // parts to be read, by their first paths
  std::size_t next_in_queue_ = 0;
  bool queue_taken_ = false;
  std::vector<std::uint32_t> open_;  // a heap of parts, the lowest path first

  ListedPhotos photos_;
  std::int64_t photo_ = 0;
  std::string last_listed_;
  bool any_listed_ = false;
  std::string unread_folder_;  // the last that could not be listed
  bool listing_ended_ = false;

  std::vector<PartRow> same_;         // rows of one path that stay, while it is merged
  std::vector<std::uint32_t> ended_;  // parts whose last row is of that path
  std::vector<Claim> claims_;
  std::uint32_t claimed_photos_ = 0;

  Contents contents_;
  std::vector<std::string_view> sha256s_;  // of a part, while they are added
  std::vector<Todo> todo_;
  std::string latest_label_;
  PlanResult result_;
};

Plan::Plan(const OutputState& output, const std::vector<OutputFile>& files, PlanOptions options)
    : merge_(std::make_unique<Merge>(output, files, std::move(options))) {}
Plan::Plan(Plan&&) noexcept = default;
Plan::~Plan() = default;

Plan::Request Plan::Next() { return merge_->Next(); }
std::vector<QueuedPart> Plan::TakeQueue() { return merge_->TakeQueue(); }
Status Plan::AddPart(std::optional<PartContent> content) {
  return merge_->AddPart(std::move(content));
}
Status Plan::AddListing(ListedPhotos photos) { return merge_->AddListing(std::move(photos)); }
Status Plan::EndListing() { return merge_->EndListing(); }
std::vector<Todo> Plan::TakeTodo() { return merge_->TakeTodo(); }
PlanResult Plan::Finish() { return merge_->Finish(); }
Contents Plan::TakeContents() { return merge_->TakeContents(); }

}  // namespace verger
