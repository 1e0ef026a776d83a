#include "cli/commands/preset_options.h"

#include <regex>

#include "cli/engine/handles.h"
#include "cli/models/resolve.h"

namespace verger::cli {

std::string PresetOptions::Text() const {
  const auto part = [](const char* key, const std::string& value) {
    return value.empty() ? "" : key + value;
  };
  std::string text = preset;
  for (const std::string& each :
       {part("scale=", scale), part("filter=", filter), part("channels=", channels),
        part("resize=", resize), part("size=", input_size == 0 ? "" : std::to_string(input_size)),
        part("decode=", decode)}) {
    text = JoinedPresets(text, each);
  }
  return text;
}

void AddOptions(CLI::App& command, PresetOptions& options) {
  constexpr const char* kGroup = "Preprocessing, of which an ONNX file says nothing";
  const std::string names =
      std::regex_replace(std::string(verger_presets()), std::regex(","), ", ");
  command
      .add_option("--preset", options.preset,
                  "All of it by a name, of which the options below change parts: " + names)
      ->group(kGroup);
  command
      .add_option("--scale", options.scale,
                  "0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD of pixels from 0 to 1 "
                  "(0.5,0.5) or to 255 (127.5,127.5): one number or three of each")
      ->group(kGroup);
  command
      .add_option("--filter", options.filter,
                  "Resizes as Pillow's: nearest, box, bilinear, hamming, bicubic or lanczos; by "
                  "default bicubic")
      ->group(kGroup);
  command.add_option("--channels", options.channels, "rgb or bgr; by default rgb")->group(kGroup);
  command
      .add_option("--resize", options.resize,
                  "stretch, by default; crop:0.875 cuts the centre out of a photo 1 / 0.875 times "
                  "as large as the network's input, crop:256 out of one whose shorter side is 256")
      ->group(kGroup);
  command
      .add_option(
          "--input-size", options.input_size,
          "Pixels of a side of the network's input, 112 to 320, a multiple of 4; by default "
          "the network's own")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--decode", options.decode,
                  "exact, by default; fast decodes large JPEGs at 1/2, 1/4 or 1/8 of their size, "
                  "to at least twice the pixels they are resized to: features are nearly the same, "
                  "not equal. For every network")
      ->check(CLI::IsMember({"exact", "fast"}));
}

}  // namespace verger::cli
