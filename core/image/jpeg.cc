#include "core/image/jpeg.h"

#include <csetjmp>
#include <cstdio>
// jpeglib.h needs size_t and FILE.
#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/image/content.h"
#include "core/image/jpeg_markers.h"
#include "core/image/jpeg_scan.h"
#include "core/image/orientation.h"

namespace verger {
namespace {

Error CutShort() { return BadPhoto("JPEG", "ends before its last row"); }

// Of the bytes of a photo.
struct Range {
  std::size_t begin;
  std::size_t end;
};

// What is left over behind the data of scans.
struct Stray {
  std::vector<Range> repeated;  // one byte over and over; no more often than there is room for
  std::size_t other = 0;        // how many bytes
};

// libjpeg leaves by longjmp. It may only cross frames without destructors, so all that owns
// memory lives here, outside the functions that call setjmp: DecodeJpeg() owns the Decoder.
class Decoder {
 public:
  // `padding`: zeros that stand behind the data of scans, see Padded(). `stray`: comes to hold
  // what is left over.
  Decoder(Bytes photo, unsigned padding, Stray& stray)
      : photo_(photo), padding_(padding), stray_(stray) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = [](j_common_ptr jpeg) { Fail(jpeg); };
    errors_.output_message = [](j_common_ptr) {};
    errors_.emit_message = [](j_common_ptr jpeg, int level) {
      if (level < 0 && static_cast<Decoder*>(jpeg->client_data)->CostsPixels(*jpeg->err)) {
        Fail(jpeg);
      }
    };
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool ReadHeader() {
    if (setjmp(failed_) != 0) {
      return false;
    }
    jpeg_create_decompress(&jpeg_);
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(photo_.data()), photo_.size());
    jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
    return true;
  }

  // Lets the image have 1 / `divisor` of the photo's pixels along each side, rounded up.
  // Requires: 1, 2, 4 or 8; before Start().
  void ScaleBy(int divisor) { jpeg_.scale_denom = static_cast<unsigned>(divisor); }

  bool Start() {
    if (setjmp(failed_) != 0) {
      return false;
    }
    jpeg_start_decompress(&jpeg_);
    return true;
  }

  // Whether scans gave every bit of every coefficient. Where there are several, Start() has read
  // them all.
  bool HasAllScans() const {
    for (int i = 0; i < jpeg_.num_components; ++i) {
      // Taken over from the first scan of the component.
      if (jpeg_.comp_info[i].quant_table == nullptr) {
        return false;
      }
      if (jpeg_.coef_bits != nullptr &&
          std::any_of(jpeg_.coef_bits[i], jpeg_.coef_bits[i] + DCTSIZE2,
                      [](int bits) { return bits != 0; })) {
        return false;
      }
    }
    return true;
  }

  // Reads as many rows as libjpeg has ready, at most kRows, and returns their number; 0 if it
  // failed. Shape: rows of `row_bytes` bytes from `to`.
  int ReadRows(std::uint8_t* to, std::size_t row_bytes) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i] = to + i * row_bytes;
    }
    if (setjmp(failed_) != 0) {
      return 0;
    }
    return static_cast<int>(jpeg_read_scanlines(&jpeg_, rows_.data(), kRows));
  }

  bool Finish() {
    if (setjmp(failed_) != 0) {
      return false;
    }
    finishing_ = true;
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  static constexpr int kRows = 16;
  static constexpr int kFirstRestart = 0xD0;
  static constexpr int kLastRestart = 0xD7;
  static constexpr int kEndOfImage = 0xD9;

  int width() const { return static_cast<int>(jpeg_.image_width); }
  int height() const { return static_cast<int>(jpeg_.image_height); }
  // Of the image. Requires: Start() has succeeded.
  Size size() const {
    return {static_cast<int>(jpeg_.output_width), static_cast<int>(jpeg_.output_height)};
  }
  // What libjpeg keeps until the last scan: every coefficient of the photo, in whole groups of
  // blocks. 0 for a single scan, which is decoded as it is read.
  std::int64_t coefficient_bytes() {
    if (jpeg_has_multiple_scans(&jpeg_) == FALSE) {
      return 0;
    }
    const auto padded = [](std::int64_t blocks, int factor) {
      return (blocks + factor - 1) / factor * factor;
    };
    std::int64_t blocks = 0;
    for (int i = 0; i < jpeg_.num_components; ++i) {
      const jpeg_component_info& component = jpeg_.comp_info[i];
      blocks += padded(component.width_in_blocks, component.h_samp_factor) *
                padded(component.height_in_blocks, component.v_samp_factor);
    }
    return blocks * static_cast<std::int64_t>(sizeof(JBLOCK));
  }
  int components() const { return jpeg_.num_components; }
  // Of scans, those that left some of their padding.
  std::size_t padded_scans() const { return padded_scans_; }

  Error MissingScans() const {
    return at_end_ ? BadPhoto("JPEG", "ends before its last scan")
                   : BadPhoto("JPEG", "scans are missing: not all bits of its pixels are there");
  }

  Error error() {
    if (code_ == JWRN_JPEG_EOF) {
      return BadPhoto("JPEG", "has no end marker: rows may be missing");
    }
    const bool no_restart = code_ == JWRN_MUST_RESYNC && errors_.msg_parm.i[0] == kEndOfImage;
    if (at_end_ || no_restart || code_ == JERR_INPUT_EOF || code_ == JWRN_HIT_MARKER) {
      return CutShort();
    }
    if (code_ == JERR_OUT_OF_MEMORY) {
      return BadPhoto("JPEG", kOutOfMemory);
    }
    constexpr std::string_view kCorrupt = "Corrupt JPEG data: ";
    const std::string_view message = message_.data();
    return BadPhoto("JPEG",
                    message.starts_with(kCorrupt) ? message.substr(kCorrupt.size()) : message);
  }

 private:
  // Whether libjpeg may have made up pixels, or left some out.
  bool CostsPixels(jpeg_error_mgr& warning) {
    switch (warning.msg_code) {
      case JWRN_JFIF_MAJOR:      // a JFIF version from the future
      case JWRN_ADOBE_XFORM:     // of unknown meaning: libjpeg and Pillow take it for YCbCr or YCCK
      case JWRN_NOT_SEQUENTIAL:  // numbers of a scan's header that only a progressive one uses
        return false;
      case JWRN_JPEG_EOF:
        // From here on libjpeg reads end markers that it makes up. It warns again if rows are
        // missing, but not if they are coded by arithmetic: see MostZeros().
        at_end_ = true;
        return padding_ > 0;
      case JWRN_EXTRANEOUS_DATA:
        return !IsPadding(warning) && StrayBytesCostRows(warning);
      default:
        return true;
    }
  }

  // Whether a warning is only of zeros that we put there. Takes them out of its count.
  bool IsPadding(jpeg_error_mgr& warning) {
    if (padding_ == 0 || jpeg_.input_scan_number == 0) {
      return false;
    }
    ++padded_scans_;
    int& left = warning.msg_parm.i[0];
    left = std::max(0, left - static_cast<int>(padding_));
    return left == 0;
  }

  // Before the first scan there are no rows to lose. Behind the data of one, what is left over may
  // be its last rows, pushed out by bytes that are astray further up: the caller looks closer.
  bool StrayBytesCostRows(const jpeg_error_mgr& warning) {
    if (jpeg_.input_scan_number == 0) {
      return false;
    }
    const int marker = warning.msg_parm.i[1];
    if (kFirstRestart <= marker && marker <= kLastRestart) {
      // Behind the last row, the next interval belongs to rows below it.
      return !(more_rows_ = finishing_);
    }
    if (padding_ > 0) {
      return true;
    }
    const auto left = static_cast<std::size_t>(warning.msg_parm.i[0]);
    if (more_rows_ || left == 1) {
      return false;
    }
    const Bytes read =
        at_end_
            ? photo_
            : photo_.first(static_cast<std::size_t>(
                  reinterpret_cast<const std::byte*>(jpeg_.src->next_input_byte) - photo_.data()));
    const auto other = std::find_if(read.rbegin(), read.rend(),
                                    [&](std::byte byte) { return byte != read.back(); });
    const auto repeated = static_cast<std::size_t>(other - read.rbegin());
    if (repeated < left) {
      stray_.other = left;
    } else if (stray_.repeated.size() == stray_.repeated.capacity()) {
      return true;
    } else {
      stray_.repeated.push_back(
          {read.size() - repeated + 1, read.size()});  // the first may be data
    }
    return false;
  }

  [[noreturn]] static void Fail(j_common_ptr jpeg) {
    auto* decoder = static_cast<Decoder*>(jpeg->client_data);
    decoder->code_ = jpeg->err->msg_code;
    jpeg->err->format_message(jpeg, decoder->message_.data());
    std::longjmp(decoder->failed_, 1);
  }

  Bytes photo_;
  unsigned padding_;
  Stray& stray_;
  std::size_t padded_scans_ = 0;
  bool at_end_ = false;     // of the bytes, before an end marker
  bool finishing_ = false;  // all rows are read
  bool more_rows_ = false;  // than the header says
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf failed_{};
  int code_ = 0;
  std::array<char, JMSG_LENGTH_MAX> message_{};
  std::array<JSAMPROW, kRows> rows_{};
};

// How many zeros an arithmetic-coded scan may lack at its end. A decoder takes zeros for what lies
// behind the data, so that a coder need not write them (T.81, D.1.8), and a scan that is cut short
// looks like one whose photo ends in a flat area. They differ in how many zeros they take: whole
// photos of 36 million pixels, noise above and flat below, took 23, real photos at most 7; photos
// cut in the middle took 29 and more, most of them hundreds.
unsigned MostZeros(std::int64_t pixels) { return 24 + static_cast<unsigned>(pixels >> 22); }

// The photo with so many zeros written behind the data of its scans. libjpeg does not tell how many
// zeros it makes up, but warns of those that it finds and does not take.
std::vector<std::byte> Padded(Bytes photo, const std::vector<std::size_t>& scan_ends,
                              unsigned zeros) {
  std::vector<std::byte> padded;
  padded.reserve(photo.size() + scan_ends.size() * zeros);
  std::size_t begin = 0;
  for (const std::size_t end : scan_ends) {
    padded.insert(padded.end(), photo.begin() + static_cast<std::ptrdiff_t>(begin),
                  photo.begin() + static_cast<std::ptrdiff_t>(end));
    padded.insert(padded.end(), zeros, std::byte{0});
    begin = end;
  }
  padded.insert(padded.end(), photo.begin() + static_cast<std::ptrdiff_t>(begin), photo.end());
  return padded;
}

std::vector<std::byte> Without(Bytes photo, const std::vector<Range>& stray) {
  std::vector<std::byte> rest;
  rest.reserve(photo.size());
  std::size_t begin = 0;
  for (const Range& range : stray) {
    rest.insert(rest.end(), photo.begin() + static_cast<std::ptrdiff_t>(begin),
                photo.begin() + static_cast<std::ptrdiff_t>(range.begin));
    begin = range.end;
  }
  rest.insert(rest.end(), photo.begin() + static_cast<std::ptrdiff_t>(begin), photo.end());
  return rest;
}

// a * b / 255, rounded, as Pillow multiplies bytes.
int MultiplyBytes(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// Adobe stores CMYK inverted, so what libjpeg gives is 255 minus ink. Pillow takes every
// four-component JPEG for Adobe's, and so do we.
void InvertedCmykToRgb(const std::uint8_t* cmyk, int pixels, std::uint8_t* rgb) {
  for (int i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(light - MultiplyBytes(255 - cmyk[c], light));
    }
  }
}

// The largest divisor of a photo's sides that leaves `at_least` pixels of the upright image.
int Divisor(Size photo, Size at_least, int orientation) {
  if (orientation >= 5) std::swap(at_least.width, at_least.height);
  for (const int divisor : {8, 4, 2}) {
    if (photo.width / divisor >= at_least.width && photo.height / divisor >= at_least.height) {
      return divisor;
    }
  }
  return 1;
}

Result<DecodedPhoto> Decode(Bytes photo, const DecodeLimits& limits, Size at_least, Stray& stray) {
  const JpegMarkers markers = ReadJpegMarkers(photo, limits.max_scans);
  if (markers.scans > limits.max_scans) {
    return BadPhoto("JPEG", fmt::format("more than {} scans", limits.max_scans));
  }
  const unsigned padding = markers.arithmetic ? MostZeros(markers.pixels) : 0;
  std::vector<std::byte> padded;
  if (markers.arithmetic) {
    padded = Padded(photo, markers.scan_ends, padding);
  }
  Decoder decoder(markers.arithmetic ? Bytes(padded) : photo, padding, stray);
  if (!decoder.ReadHeader()) {
    return decoder.error();
  }
  VERGER_RETURN_IF_ERROR(
      CheckSize("JPEG", decoder.width(), decoder.height(), photo.size(), limits));
  const int components = decoder.components();
  if (components != 1 && components != 3 && components != 4) {
    return BadPhoto("JPEG", fmt::format("{} components, not 1, 3 or 4", components));
  }
  if (const std::int64_t bytes = decoder.coefficient_bytes();
      bytes > kCoefficientBytesPerPixel * limits.max_pixels) {
    return BadPhoto("JPEG",
                    MoreThanMaxPixels(fmt::format("its scans need as much memory as {} pixels",
                                                  bytes / kCoefficientBytesPerPixel),
                                      limits.max_pixels));
  }
  DecodedPhoto decoded;
  decoded.orientation = Orientation(markers.exif, markers.xmp);
  decoder.ScaleBy(Divisor({decoder.width(), decoder.height()}, at_least, decoded.orientation));
  if (!decoder.Start()) {
    return decoder.error();
  }
  if (!decoder.HasAllScans()) {
    return decoder.MissingScans();
  }
  const Size size = decoded.image.size = decoder.size();

  // The image grows with the rows that are really there: a short file with a large header
  // reserves addresses but never touches the memory.
  std::vector<std::uint8_t>& pixels = decoded.image.pixels;
  pixels.reserve(ByteCount(size));
  const std::size_t row_bytes = std::size_t{3} * size.width;
  const std::size_t cmyk_row_bytes = components == 4 ? std::size_t{4} * size.width : 0;
  std::vector<std::uint8_t> cmyk(cmyk_row_bytes * Decoder::kRows);
  for (int y = 0; y < size.height;) {
    const int asked = std::min(Decoder::kRows, size.height - y);
    pixels.resize(row_bytes * (y + asked));
    std::uint8_t* to = pixels.data() + row_bytes * y;
    const int got = components == 4 ? decoder.ReadRows(cmyk.data(), cmyk_row_bytes)
                                    : decoder.ReadRows(to, row_bytes);
    if (got == 0) {
      return decoder.error();
    }
    if (components == 4) {
      InvertedCmykToRgb(cmyk.data(), got * size.width, to);
    }
    y += got;
  }
  if (!decoder.Finish()) {
    return decoder.error();
  }
  if (decoder.padded_scans() < markers.scan_ends.size()) {
    return CutShort();
  }
  return decoded;
}

}  // namespace

Result<DecodedPhoto> DecodeJpeg(Bytes photo, const DecodeLimits& limits, Size at_least) {
  Stray stray;
  stray.repeated.reserve(limits.max_scans);
  Result<DecodedPhoto> decoded = Decode(photo, limits, at_least, stray);
  if (!decoded) {
    return decoded;
  }
  if (stray.other > 0 && !IsWholeBeforeStrayBytes(photo)) {
    return BadPhoto("JPEG", fmt::format("{} extraneous bytes behind its rows: bytes astray further "
                                        "up may have pushed the last ones out",
                                        stray.other));
  }
  if (stray.repeated.empty()) {
    return decoded;
  }
  // A photo that was cut and then filled up with one byte has lost rows. Without them it shows.
  const std::vector<std::byte> rest = Without(photo, stray.repeated);
  decoded = DecodedPhoto{};
  Stray none;
  return Decode(rest, limits, at_least, none);
}

}  // namespace verger
