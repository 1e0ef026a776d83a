#include "core/report/data.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/report/duplicates.h"
#include "core/report/thumbnail_choice.h"
#include "core/report/thumbnails.h"
#include "core/runs/numbers.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLabels = 4096;
constexpr std::size_t kThumbnailsOfALabel = 10;
constexpr std::size_t kMostReasons = 100;

std::string Base64(std::string_view bytes) { return ToBase64(std::as_bytes(std::span(bytes))); }

// The shortest number that reads back as the same float.
double AsRead(float value) { return std::stod(fmt::format("{}", value)); }

class Layout {
 public:
  Layout(const ReportContent& content, const std::vector<const ReportPhoto*>& thumbnails)
      : content_(content), thumbnails_(thumbnails), choice_(content.labels.Choose(kMostLabels)) {
    for (std::size_t at = 0; at < thumbnails.size(); ++at) place_.emplace(thumbnails[at]->row, at);
  }

  Json Data() const {
    const Manifest& manifest = content_.manifest;
    Json data = {{"version", content_.version},
                 {"photos", manifest.photos},
                 {"hashed", manifest.hashed},
                 {"inputs", manifest.inputs()},
                 {"rows", manifest.rows()},
                 {"rejected", manifest.rejected()},
                 {"label_count", manifest.labels},
                 {"of_a_run", content_.of_a_run},
                 {"summary", ParseOrderedJson(content_.summary)},
                 {"labels", Labels()},
                 {"reasons", Reasons()},
                 {"rejects", Rejects()},
                 {"settings", Settings()},
                 {"thumbnails", Thumbnails()}};
    if (manifest.reduction) {
      data["variance"] = content_.variance;
      data["map"] = Map();
      data["ends"] = AllEnds();
    }
    data["sections"] = Json::object();
    for (const auto& [name, json] : content_.sections) {
      data["sections"][name] = ParseOrderedJson(json);
      AddThumbnails(name, &data["sections"][name]);
    }
    return data;
  }

  std::string PointLabels() const {
    const bool wide = LabelBytes() == 2;
    std::string bytes;
    for (const std::uint32_t label : content_.points.labels()) {
      const std::uint32_t place = choice_.place[label];
      bytes.push_back(static_cast<char>(place & 0xFF));
      if (wide) bytes.push_back(static_cast<char>(place >> 8));
    }
    return bytes;
  }

 private:
  std::size_t LabelBytes() const { return choice_.labels.size() < 256 ? 1 : 2; }

  Json Labels() const {
    std::vector<std::uint32_t> of_thumbnails;
    for (const ReportPhoto* photo : thumbnails_)
      of_thumbnails.push_back(choice_.place[photo->label]);
    const auto thumbnails =
        ThumbnailsOfLabels(of_thumbnails, choice_.labels.size() + 1, kThumbnailsOfALabel);
    Json labels = Json::array();
    for (std::size_t at = 0; at < choice_.labels.size(); ++at) {
      const LabelCount& label = content_.labels[choice_.labels[at]];
      labels.push_back({{"name", label.name},
                        {"rows", label.rows},
                        {"rejects", label.rejects},
                        {"thumbnails", thumbnails[at]}});
    }
    if (choice_.others_count > 0) {
      labels.push_back({{"name", fmt::format("{} other labels", WithCommas(choice_.others_count))},
                        {"rows", choice_.others.rows},
                        {"rejects", choice_.others.rejects},
                        {"thumbnails", thumbnails.back()}});
    }
    return labels;
  }

  // Most first.
  Json Reasons() const {
    std::vector<std::pair<std::string_view, std::int64_t>> reasons(content_.reasons.begin(),
                                                                   content_.reasons.end());
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    Json json = Json::array();
    for (const auto& [reason, count] : reasons) {
      if (json.size() == kMostReasons) break;
      json.push_back({{"reason", reason}, {"count", count}});
    }
    return json;
  }

  Json Rejects() const {
    Json json = Json::array();
    for (const Reject& reject : content_.manifest.rejects) {
      json.push_back({{"path", reject.path}, {"reason", reject.reason}});
    }
    return json;
  }

  Json Settings() const {
    const Manifest& manifest = content_.manifest;
    const ModelIdentity& model = manifest.model;
    Json json = {{"network", model.name},
                 {"network_sha256", model.sha256},
                 {"preset", model.preset},
                 {"identity", model.identity},
                 {"precision", model.precision},
                 {"dimension", model.dimension},
                 {"manifest_sha256", content_.manifest_sha256},
                 {"moments_sha256", manifest.moments.sha256},
                 {"parts", manifest.preprocessing.size()}};
    if (manifest.reduction) {
      const PcaSettings& settings = manifest.reduction->settings;
      json["components"] = manifest.reduction->components;
      json["explained_variance"] = manifest.reduction->explained_variance;
      json["components_asked"] = settings.components;
      json["variance_share_asked"] = settings.variance_share;
      json["scores"] = settings.spark_scores ? "spark" : "centred";
      json["pca_sha256"] = manifest.reduction->pca.sha256;
    }
    return json;
  }

  Json Map() const {
    Json ranges = Json::array();
    for (std::size_t component = 0; component < content_.points.components(); ++component) {
      const auto [least, greatest] = content_.points.Range(component);
      ranges.push_back({AsRead(least), AsRead(greatest)});
    }
    return {{"points", content_.points.size()},
            {"stride", content_.points.stride()},
            {"path_stride", content_.paths.stride()},
            {"label_bytes", LabelBytes()},
            {"ranges", std::move(ranges)}};
  }

  Json AllEnds() const {
    Json json = Json::array();
    for (std::size_t component = 0; component < content_.ends.components(); ++component) {
      json.push_back({{"least", EndsOf(content_.ends.Least(component))},
                      {"greatest", EndsOf(content_.ends.Greatest(component))}});
    }
    return json;
  }

  // Tells of each photo which thumbnail is its own; -1: none.
  void AddThumbnails(std::string_view name, Json* section) const {
    std::map<std::string_view, std::int64_t> by_path;
    for (std::size_t at = 0; at < thumbnails_.size(); ++at) {
      by_path.emplace(thumbnails_[at]->path, static_cast<std::int64_t>(at));
    }
    const auto add = [&](Json* photos) {
      if (!photos->is_array()) return;
      for (Json& photo : *photos) {
        if (!photo.is_object() || !photo.contains("path") || !photo["path"].is_string()) continue;
        const auto at = by_path.find(photo["path"].get_ref<const std::string&>());
        photo["thumbnail"] = at == by_path.end() ? -1 : at->second;
      }
    };
    if (name == kDuplicates) {
      for (const char* kind : {"equal", "near"}) {
        if (!section->contains(kind)) continue;
        for (Json& group : (*section)[kind]) add(&group["photos"]);
      }
      return;
    }
    // Those of an evaluation that are this output's: what stands in "test" is of another.
    for (const char* kind : {"mistakes", "label_errors"}) {
      if (section->contains(kind)) add(&(*section)[kind]);
    }
  }

  Json EndsOf(const std::vector<EndPhoto>& ends) const {
    Json json = Json::array();
    for (const EndPhoto& end : ends) {
      const auto thumbnail = place_.find(end.photo.row);
      json.push_back(
          {{"path", end.photo.path},
           {"label", content_.labels[end.photo.label].name},
           {"score", AsRead(end.score)},
           {"thumbnail",
            thumbnail == place_.end() ? -1 : static_cast<std::int64_t>(thumbnail->second)}});
    }
    return json;
  }

  // `points`: that of each thumbnail; -1 for photos that the map leaves out.
  Json Thumbnails() const {
    Json points = Json::array();
    for (const ReportPhoto* photo : thumbnails_) {
      const std::uint64_t stride = content_.points.stride();
      const bool has_point = content_.manifest.reduction.has_value() && photo->row % stride == 0;
      points.push_back(has_point ? static_cast<std::int64_t>(photo->row / stride) : -1);
    }
    return {{"side", ThumbnailStyle().side},
            {"columns", SpriteColumns(thumbnails_.size())},
            {"points", std::move(points)}};
  }

  const ReportContent& content_;
  const std::vector<const ReportPhoto*>& thumbnails_;
  const LabelCounts::Choice choice_;
  std::map<std::uint64_t, std::size_t> place_;  // of thumbnails, by row
};

}  // namespace

ReportBlocks LayOut(const ReportContent& content, const std::vector<const ReportPhoto*>& thumbnails,
                    const std::string& sprite) {
  const Layout layout(content, thumbnails);
  ReportBlocks blocks;
  blocks.title = fmt::format("{}, {}", Pluralize(content.manifest.inputs(), "photo", "photos"),
                             Pluralize(content.manifest.labels, "label", "labels"));
  blocks.data = FormatJson(layout.Data());
  blocks.coords = Base64(content.points.Quantised());
  blocks.labels = Base64(layout.PointLabels());
  blocks.paths = Base64(content.paths.bytes());
  blocks.sprite = Base64(sprite);
  return blocks;
}

}  // namespace verger
