#include "cli/commands/preset_options.h"

#include <fmt/format.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/engine/handles.h"
#include "cli/models/resolve.h"

namespace verger::cli {
namespace {

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  std::istringstream text(verger_presets());
  for (std::string name; std::getline(text, name, ',');) names.push_back(name);
  return names;
}

}  // namespace

std::string PresetOptions::Text() const {
  const auto part = [](const char* key, const std::string& value) {
    return value.empty() ? "" : key + value;
  };
  std::string text = preset;
  for (const std::string& each :
       {part("scale=", scale), part("filter=", filter), part("channels=", channels),
        part("resize=", resize), part("size=", input_size == 0 ? "" : std::to_string(input_size)),
        part("decode=", decode), part("views=", views == 0 ? "" : std::to_string(views))}) {
    text = JoinedPresets(text, each);
  }
  return text;
}

void AddOptions(Command& command, PresetOptions& options) {
  constexpr const char* kGroup = "Preprocessing, which an ONNX file does not define";
  command
      .AddOption("--preset", &options.preset,
                 fmt::format("Preprocessing by name; the options below override single parts of "
                             "it: {}",
                             fmt::join(PresetNames(), ", ")))
      .Suggest(PresetNames)
      .Group(kGroup);
  command
      .AddOption(
          "--scale", &options.scale,
          "Range of pixel values: 0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD of pixels from "
          "0 to 1 (0.5,0.5) or from 0 to 255 (127.5,127.5), with one number each or three")
      .Group(kGroup);
  command
      .AddOption("--filter", &options.filter,
                 "Resize filter, as in Pillow: nearest, box, bilinear, hamming, bicubic or "
                 "lanczos; by default bicubic")
      .Suggest({"nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"})
      .Group(kGroup);
  command
      .AddOption("--channels", &options.channels,
                 "Order of the channels: rgb or bgr; by default rgb")
      .Suggest({"rgb", "bgr"})
      .Group(kGroup);
  command
      .AddOption("--resize", &options.resize,
                 "How a photo becomes square: stretch, by default; crop:0.875 resizes it to 1 / "
                 "0.875 times the network's input and crops the centre; crop:256 resizes its "
                 "shorter side to 256 and crops the centre")
      .Group(kGroup);
  command
      .AddOption("--input-size", &options.input_size,
                 "Side of the network's input in pixels, 112 to 320, a multiple of 4; by default "
                 "the network's own")
      .Positive();
  command
      .AddOption("--decode", &options.decode,
                 "JPEG decoding: exact, by default; fast decodes large JPEGs at 1/2, 1/4 or 1/8 of "
                 "their size, but at least twice the size that the network needs: features are "
                 "nearly the same, not equal. For every network")
      .OneOf({"exact", "fast"});
  const Option several =
      command
          .AddOption(
              "--views", &options.views,
              "Number of views of a photo whose features are averaged, each at the cost of a "
              "photo: 1, the photo itself, by default; 3, the photo, its mirror image and its "
              "middle 80 %; 8, the four quarter turns of the photo and of its mirror image")
          .OneOf({1, 3, 8});
  command
      .AddFlag(
          "--augment", [&options] { options.views = 8; },
          "The same as --views 8, for fruit that lies at any angle")
      .Excludes(several);
}

}  // namespace verger::cli
