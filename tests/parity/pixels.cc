// verger_pixels: decodes photos and resizes them, for tests to compare with other programs.
//
// Usage: verger_pixels decode PHOTO OUT
//        verger_pixels LIST
//        verger_pixels stream < PHOTOS
// A line of LIST is: photo, width, height, filter, out, between tabs. Width and height 0 decode
// only; filter is one of kFilterNames. A height of -N resizes the shorter side to N and cuts width
// x width pixels out of the middle. Two more fields are the width and height that Decode() is to
// leave at least. An image is written as "width height\n" and its RGB
// bytes; a photo that is refused as "error REASON\n".
//
// `stream` reads photos, each after its number of bytes and "\n", and answers each at once:
// "image WIDTH HEIGHT 3\n" and the pixels, or "refusal REASON\n". For more than kMostStreamed
// pixels 0 stands for 3, and none follow. tests/hostile_photos/worker.py does the same by other
// libraries.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "core/image/centre_crop.h"
#include "core/image/decode.h"
#include "core/image/resize.h"

namespace {

using verger::Error;
using verger::Image;
using verger::Result;
using verger::Size;

constexpr std::int64_t kMostStreamed = std::int64_t{1} << 22;

struct Job {
  std::string photo;
  Size size;
  std::string filter;
  std::string out;
  Size at_least = verger::kAllPixels;
};

Result<Image> ReadPhoto(const std::string& path, Size at_least = verger::kAllPixels) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{verger::Code::kBadCall, "cannot open " + path};
  }
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  return verger::Decode(std::as_bytes(std::span(bytes)), {}, at_least);
}

Result<Image> Run(const Job& job, const Result<Image>& photo) {
  if (!photo || job.size == Size{}) {
    return photo;
  }
  const auto name = std::ranges::find(verger::kFilterNames, job.filter);
  if (name == verger::kFilterNames.end()) {
    return Error{verger::Code::kBadCall, "no filter " + job.filter};
  }
  const auto filter = static_cast<verger::Filter>(name - verger::kFilterNames.begin());
  const bool crop = job.size.height < 0;
  const Size size = crop ? Size{job.size.width, job.size.width} : job.size;
  Image image{size, std::vector<std::uint8_t>(verger::ByteCount(size))};
  VERGER_RETURN_IF_ERROR(crop ? verger::ResizeAndCrop(photo->view(), -job.size.height, size.width,
                                                      filter, image.pixels)
                              : verger::Resize(photo->view(), size, filter, image.pixels));
  return image;
}

bool Write(const Result<Image>& image, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  if (image) {
    file << image->size.width << ' ' << image->size.height << '\n';
    file.write(reinterpret_cast<const char*>(image->pixels.data()),
               static_cast<std::streamsize>(image->pixels.size()));
  } else {
    file << "error " << image.error().message << '\n';
  }
  file.close();
  if (!file) {
    std::cerr << "verger_pixels: cannot write " << path << '\n';
  }
  return static_cast<bool>(file);
}

bool ReadJob(const std::string& line, Job& job) {
  std::istringstream fields(line);
  std::string width;
  std::string height;
  for (std::string* field : {&job.photo, &width, &height, &job.filter, &job.out}) {
    if (!std::getline(fields, *field, '\t')) {
      return false;
    }
  }
  const auto number = [](const std::string& text, int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (!number(width, job.size.width) || !number(height, job.size.height) || job.size.width < 0) {
    return false;
  }
  if (!std::getline(fields, width, '\t')) {
    return true;
  }
  return std::getline(fields, height, '\t') && number(width, job.at_least.width) &&
         number(height, job.at_least.height);
}

bool RunList(const std::string& path) {
  std::ifstream list(path);
  std::string line;
  std::string decoded_path;
  Size decoded_to = verger::kAllPixels;
  Result<Image> decoded = Error{verger::Code::kBadCall, "nothing decoded yet"};
  while (std::getline(list, line)) {
    Job job;
    if (!ReadJob(line, job)) {
      std::cerr << "verger_pixels: " << path << ": not a job: " << line << '\n';
      return false;
    }
    // Jobs on the same photo follow each other: decode it once.
    if (job.photo != decoded_path || job.at_least != decoded_to) {
      decoded = ReadPhoto(job.photo, job.at_least);
      decoded_path = job.photo;
      decoded_to = job.at_least;
    }
    if (!Write(Run(job, decoded), job.out)) {
      return false;
    }
  }
  if (!list.eof()) {
    std::cerr << "verger_pixels: cannot read " << path << '\n';
  }
  return list.eof();
}

void Answer(const Result<Image>& image) {
  if (!image) {
    std::cout << "refusal " << image.error().message << std::endl;
    return;
  }
  const Size size = image->size;
  const bool few = std::int64_t{size.width} * size.height <= kMostStreamed;
  std::cout << "image " << size.width << ' ' << size.height << (few ? " 3\n" : " 0\n");
  if (few) {
    std::cout.write(reinterpret_cast<const char*>(image->pixels.data()),
                    static_cast<std::streamsize>(image->pixels.size()));
  }
  std::cout.flush();
}

bool RunStream() {
  std::ios::sync_with_stdio(false);
  std::string line;
  std::vector<char> bytes;
  while (std::getline(std::cin, line)) {
    std::size_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size).ec != std::errc()) {
      std::cerr << "verger_pixels: not a number of bytes: " << line << '\n';
      return false;
    }
    // A buffer of its own for each photo, so that a sanitizer sees a read beyond its end.
    std::vector<char>(size).swap(bytes);
    if (!std::cin.read(bytes.data(), static_cast<std::streamsize>(size))) {
      return false;
    }
    Answer(verger::Decode(std::as_bytes(std::span(bytes))));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "decode") {
    return Write(ReadPhoto(arguments[1]), arguments[2]) ? 0 : 1;
  }
  if (arguments.size() == 1 && arguments[0] == "stream") {
    return RunStream() ? 0 : 1;
  }
  if (arguments.size() == 1) {
    return RunList(arguments[0]) ? 0 : 1;
  }
  std::cerr
      << "usage: verger_pixels decode PHOTO OUT | verger_pixels LIST | verger_pixels stream\n";
  return 2;
}
