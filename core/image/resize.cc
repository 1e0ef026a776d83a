#include "core/image/resize.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "core/image/resize_kernels.h"

namespace verger {
namespace {

Status CheckCall(ImageView image, Size scaled, Window window, std::size_t out_size) {
  for (const Size size : {image.size, scaled, window.size}) {
    if (size.width < 1 || size.height < 1) {
      return Error{Code::kBadCall,
                   fmt::format("resize: {} x {} is no image: give sides of at least 1", size.width,
                               size.height)};
    }
  }
  if (window.left < 0 || window.left > scaled.width - window.size.width || window.top < 0 ||
      window.top > scaled.height - window.size.height) {
    return Error{Code::kBadCall,
                 fmt::format("resize: {} x {} pixels from ({}, {}) on are not inside {} x {}",
                             window.size.width, window.size.height, window.left, window.top,
                             scaled.width, scaled.height)};
  }
  if (image.pixels.size() != ByteCount(image.size)) {
    return Error{Code::kBadCall, fmt::format("resize: {} bytes of pixels, give {}",
                                             image.pixels.size(), ByteCount(image.size))};
  }
  if (out_size != ByteCount(window.size)) {
    return Error{Code::kBadCall, fmt::format("resize: room for {} bytes, give {}", out_size,
                                             ByteCount(window.size))};
  }
  return Ok();
}

void Across(ImageView image, const ResizeFilter& filter, std::uint8_t* out) {
  const std::size_t in_stride = std::size_t{3} * image.size.width;
  const std::size_t out_stride = std::size_t{3} * filter.targets();
  const std::uint8_t* in = image.pixels.data();
  // The kernels read ahead; the last rows, with nothing behind them, go through a copy.
  const int last = static_cast<int>(
      std::min<std::size_t>(image.size.height, (kReadAhead + in_stride - 1) / in_stride));
  const int safe = image.size.height - last;
  ResizeAcross(in, in_stride, safe, filter, out, out_stride);
  std::vector<std::uint8_t> copy(last * in_stride + kReadAhead);
  std::memcpy(copy.data(), in + safe * in_stride, last * in_stride);
  ResizeAcross(copy.data(), in_stride, last, filter, out + safe * out_stride, out_stride);
}

void Down(ImageView image, const ResizeFilter& filter, std::uint8_t* out) {
  ResizeDown(image.pixels.data(), std::size_t{3} * image.size.width, filter, out);
}

// Leaves the rows that `filter` reads, and lets it begin with the first of them.
ImageView RowsFor(ResizeFilter& filter, ImageView image) {
  const int top = filter.first.front();
  const int bottom = filter.first.back() + filter.count.back();
  for (int& first : filter.first) first -= top;
  const std::size_t row = std::size_t{3} * image.size.width;
  return {{image.size.width, bottom - top}, image.pixels.subspan(top * row, (bottom - top) * row)};
}

// Which axis goes first shows in the last bit, since pixels are rounded in between. This is the
// rule of Pillow 13: height first if it loses more than twice as many pixels as width. Found by
// experiment: it tells the order of all of 2,216 random resizes that tell the orders apart.
bool DownFirst(Size source, Size target) {
  const std::int64_t lost_across = source.width - std::int64_t{target.width};
  const std::int64_t lost_down = source.height - std::int64_t{target.height};
  return lost_down > 0 && lost_down > 2 * lost_across;
}

}  // namespace

Status Resize(ImageView image, Size target, Filter filter, std::span<std::uint8_t> out) {
  return ResizeWindow(image, target, {0, 0, target}, filter, out);
}

Status ResizeWindow(ImageView image, Size scaled, Window window, Filter filter,
                    std::span<std::uint8_t> out) {
  VERGER_RETURN_IF_ERROR(CheckCall(image, scaled, window, out.size()));
  const Size source = image.size;
  const Size target = window.size;
  const auto columns = [&] {
    return MakeResizeFilter(source.width, scaled.width, window.left, window.left + target.width,
                            filter);
  };
  const auto rows = [&] {
    return MakeResizeFilter(source.height, scaled.height, window.top, window.top + target.height,
                            filter);
  };
  // A side that is cut but not scaled has a filter that copies.
  const bool across = source.width != scaled.width || target.width != scaled.width;
  const bool down = source.height != scaled.height || target.height != scaled.height;
  if (!across && !down) {
    std::memcpy(out.data(), image.pixels.data(), out.size());
  } else if (!down) {
    Across(image, columns(), out.data());
  } else if (!across) {
    Down(image, rows(), out.data());
  } else {
    const bool down_first = DownFirst(source, scaled);
    ResizeFilter down_filter = rows();
    if (!down_first) image = RowsFor(down_filter, image);
    const Size between =
        down_first ? Size{source.width, target.height} : Size{target.width, image.size.height};
    const std::size_t bytes = ByteCount(between);
    const auto pixels = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
    const ImageView half{between, {pixels.get(), bytes}};
    if (down_first) {
      Down(image, down_filter, pixels.get());
      Across(half, columns(), out.data());
    } else {
      Across(image, columns(), pixels.get());
      Down(half, down_filter, out.data());
    }
  }
  return Ok();
}

}  // namespace verger
