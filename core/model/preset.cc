#include "core/model/preset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "core/model/preset_parts.h"

namespace verger {
namespace {

// What leaves the network's own preprocessing, and so a preset's name, as they are.
constexpr std::array<std::string_view, 3> kFreeParts = {"size", "decode", "views"};

struct NamedParts {
  std::string_view name;
  std::string_view parts;
};

// Filter: Keras's users resize with Pillow, whose default is bicubic, and Lite0 was evaluated
// with bicubic; torchvision and the TensorFlow-Slim networks were trained on bilinear.
// Source: keras.applications.imagenet_utils ("caffe" and "tf" modes); the published
//         evaluation settings of EfficientNet-Lite and of torchvision's weights; timm's default
//         data configuration; the transforms in DINOv2's and CLIP's own repositories.
constexpr std::array<NamedParts, 8> kPresets = {{
    {"keras", "scale=103.939,116.779,123.68,1,1,1,filter=bicubic,channels=bgr,resize=stretch"},
    {"efficientnet-lite", "scale=127,128,filter=bicubic,channels=rgb,resize=stretch"},
    {"torchvision", "scale=imagenet,filter=bilinear,channels=rgb,resize=stretch"},
    {"tensorflow", "scale=-1..1,filter=bilinear,channels=rgb,resize=stretch"},
    {"mobilenet-v2", "scale=-1..1,filter=bicubic,channels=rgb,resize=stretch"},
    {"timm", "scale=imagenet,filter=bicubic,channels=rgb,resize=crop:0.875"},
    {"dinov2", "scale=imagenet,filter=bicubic,channels=rgb,resize=crop:0.875"},
    {"clip", "scale=clip,filter=bicubic,channels=rgb,resize=crop:1"},
}};

// The first presets there were. Identities of what they make begin with their names, for outputs
// have them; all other identities say how a photo is resized in that place.
constexpr std::size_t kNamedIdentities = 4;

// The name of the first preset, of so many, that has these parts; or "".
std::string_view NameOf(const std::string& parts, std::size_t presets) {
  for (std::size_t i = 0; i < presets; ++i) {
    if (kPresets[i].parts == parts) return kPresets[i].name;
  }
  return "";
}

// What is only said where it is not as by default, with a comma before each.
std::string OptionalParts(const Preset& preset) {
  const std::string size = preset.size == 0 ? "" : fmt::format(",size={}", preset.size);
  const std::string views = preset.views == 1 ? "" : fmt::format(",views={}", preset.views);
  return size + (preset.decoding == Decoding::kFast ? ",decode=fast" : "") + views;
}

bool IsFree(std::string_view key) { return std::ranges::find(kFreeParts, key) != kFreeParts.end(); }

Error NoPreset(std::string_view name) {
  return {Code::kBadCall, fmt::format("there is no preset \"{}\"; choose one of: {}", name,
                                      fmt::join(PresetNames(), ", "))};
}

// Takes the first name or part off `text`. A value has commas of its own, before its numbers.
std::string_view TakePiece(std::string_view* text) {
  std::size_t end = text->find(',');
  while (end != std::string_view::npos &&
         (end + 1 == text->size() ||
          std::isalpha(static_cast<unsigned char>((*text)[end + 1])) == 0)) {
    end = text->find(',', end + 1);
  }
  const std::string_view piece = text->substr(0, end);
  text->remove_prefix(std::min(text->size(), piece.size() + 1));
  return piece;
}

}  // namespace

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  names.reserve(std::size(kPresets));
  for (const NamedParts& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

Result<Preset> ReadPreset(std::string_view text) {
  Preset preset;
  preset.input = kUsualInput;
  bool has_scale = false;
  std::string_view name;
  do {
    const std::string_view piece = TakePiece(&text);
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      const auto named = std::ranges::find(kPresets, piece, &NamedParts::name);
      if (named == kPresets.end()) return NoPreset(piece);
      VERGER_ASSIGN_OR_RETURN(preset, ReadPreset(named->parts));
      name = piece;
      has_scale = true;
    } else {
      const std::string_view key = piece.substr(0, equals);
      VERGER_RETURN_IF_ERROR(SetPart(key, piece.substr(equals + 1), &preset));
      if (!IsFree(key)) name = "";
      has_scale = has_scale || key == "scale";
    }
  } while (!text.empty());
  if (!has_scale) {
    return Error{Code::kBadCall,
                 fmt::format("the parts of a preset lack its scale: give one, such as -1..1 or "
                             "imagenet, or a preset, one of: {}",
                             fmt::join(PresetNames(), ", "))};
  }
  if (name.empty()) name = NameOf(MainParts(preset), kPresets.size());
  preset.name = name.empty() ? MainParts(preset) : std::string(name);
  if (preset.size != 0) preset.input = {preset.size, preset.size};
  return preset;
}

std::string MainParts(const Preset& preset) {
  return fmt::format("scale={},filter={},channels={},resize={}", ScaleText(preset),
                     kFilterNames[static_cast<std::size_t>(preset.filter)], ChannelsText(preset),
                     ResizeText(preset));
}

std::string Parts(const Preset& preset) { return MainParts(preset) + OptionalParts(preset); }

std::string ShortText(const Preset& preset) { return preset.name + OptionalParts(preset); }

void SetOwnInput(Size own, Preset* preset) {
  if (own == Size{preset->size, preset->size}) preset->size = 0;
  if (preset->size == 0) preset->input = own;
}

Status CheckInput(const Preset& preset) {
  const auto [width, height] = preset.input;
  if (preset.views == 8 && width != height) {
    return Error{Code::kBadCall, fmt::format("views 8 are turned, and the network takes {} x {} "
                                             "pixels, no square: give 1 or 3",
                                             width, height)};
  }
  if (preset.crop == 0 || (width == height && ShorterSide(preset) >= width)) return Ok();
  return Error{
      Code::kBadCall,
      fmt::format("resize {} cannot give the {} x {} pixels that the network takes: give {}",
                  ResizeText(preset), width, height,
                  width == height ? "more pixels, or a share" : "stretch")};
}

std::string Identity(const Preset& preset) {
  std::string first(NameOf(MainParts(preset), kNamedIdentities));
  if (first.empty()) {
    first = preset.crop == 0 ? "stretch" : fmt::format("crop-{}", ShorterSide(preset));
  }
  return fmt::format(
      "{}:{}x{}:{}:{}:{}:{}{}{}", first, preset.input.width, preset.input.height,
      kFilterNames[static_cast<std::size_t>(preset.filter)], ChannelsText(preset),
      fmt::join(preset.mean, ","), fmt::join(preset.scale, ","),
      preset.decoding == Decoding::kFast ? fmt::format(":decode=fast{}", kFastDecoder) : "",
      preset.views == 1 ? "" : fmt::format(":views={}", preset.views));
}

}  // namespace verger
