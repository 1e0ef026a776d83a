#include "core/image/jpeg_decoder.h"

#include <fmt/core.h>
#include <jerror.h>

#include <algorithm>
#include <iterator>

#include "core/image/content.h"

namespace verger {
namespace {

constexpr int kApp1 = JPEG_APP0 + 1;
constexpr unsigned kLongestSegment = 0xFFFF;
constexpr int kFirstRestart = 0xD0;
constexpr int kLastRestart = 0xD7;
constexpr std::string_view kExif("Exif\0\0", 6);
constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);

// The text of a segment behind `name`; null data if it starts otherwise.
std::string_view TextBehind(std::string_view name, const jpeg_marker_struct& segment) {
  const std::string_view text(reinterpret_cast<const char*>(segment.data), segment.data_length);
  return text.starts_with(name) ? text.substr(name.size()) : std::string_view();
}

}  // namespace

Error MissingRows() { return BadPhoto("JPEG", "ends before its last row"); }

JpegDecoder::JpegDecoder(Bytes photo, int max_scans, unsigned padding, StrayBytes& stray)
    : photo_(photo), max_scans_(max_scans), padding_(padding), stray_(stray) {
  jpeg_.err = jpeg_std_error(&errors_);
  jpeg_.client_data = this;
  errors_.error_exit = [](j_common_ptr jpeg) { Fail(jpeg); };
  errors_.output_message = [](j_common_ptr) {};
  errors_.emit_message = [](j_common_ptr jpeg, int level) {
    if (level < 0 && static_cast<JpegDecoder*>(jpeg->client_data)->CostsPixels(*jpeg->err)) {
      Fail(jpeg);
    }
  };
  progress_.progress_monitor = [](j_common_ptr jpeg) {
    auto* decoder = static_cast<JpegDecoder*>(jpeg->client_data);
    if (decoder->jpeg_.input_scan_number > decoder->max_scans_) Fail(jpeg);
  };
}

JpegDecoder::~JpegDecoder() { jpeg_destroy_decompress(&jpeg_); }

bool JpegDecoder::ReadHeader() {
  if (setjmp(failed_) != 0) {
    return false;
  }
  jpeg_create_decompress(&jpeg_);
  jpeg_.progress = &progress_;
  jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(photo_.data()), photo_.size());
  jpeg_save_markers(&jpeg_, kApp1, kLongestSegment);
  jpeg_read_header(&jpeg_, TRUE);
  jpeg_save_markers(&jpeg_, kApp1, 0);
  jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
  return true;
}

void JpegDecoder::LimitScans(std::int64_t max_pixels) {
  const std::int64_t pixels = std::int64_t{width()} * height();
  const std::int64_t scans = kScansOfLargest * max_pixels / pixels;
  if (scans >= max_scans_) return;
  max_scans_ = static_cast<int>(scans);
  scans_of_pixels_ = max_pixels;
}

bool JpegDecoder::Start() {
  if (setjmp(failed_) != 0) {
    return false;
  }
  jpeg_start_decompress(&jpeg_);
  return true;
}

bool JpegDecoder::HasAllScans() const {
  for (int i = 0; i < jpeg_.num_components; ++i) {
    // libjpeg sets it at the first scan of the component.
    if (jpeg_.comp_info[i].quant_table == nullptr) {
      return false;
    }
    if (jpeg_.coef_bits != nullptr && std::any_of(jpeg_.coef_bits[i], jpeg_.coef_bits[i] + DCTSIZE2,
                                                  [](int bits) { return bits != 0; })) {
      return false;
    }
  }
  return true;
}

int JpegDecoder::ReadRows(std::uint8_t* to, std::size_t row_bytes) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] = to + i * row_bytes;
  }
  if (setjmp(failed_) != 0) {
    return 0;
  }
  return static_cast<int>(jpeg_read_scanlines(&jpeg_, rows_.data(), kRows));
}

bool JpegDecoder::Finish() {
  if (setjmp(failed_) != 0) {
    return false;
  }
  finishing_ = true;
  jpeg_finish_decompress(&jpeg_);
  return true;
}

std::vector<std::byte> JpegDecoder::Exif() const {
  std::vector<std::byte> exif;
  for (const jpeg_marker_struct* at = jpeg_.marker_list; at != nullptr; at = at->next) {
    const std::string_view text = TextBehind(kExif, *at);
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    exif.insert(exif.end(), begin, begin + text.size());
  }
  return exif;
}

std::string_view JpegDecoder::Xmp() const {
  std::string_view xmp;
  for (const jpeg_marker_struct* at = jpeg_.marker_list; at != nullptr; at = at->next) {
    const std::string_view text = TextBehind(kXmp, *at);
    if (text.data() != nullptr) xmp = text;
  }
  return xmp;
}

std::optional<JpegFrame> JpegDecoder::Frame() const {
  JpegFrame frame;
  frame.size = {width(), height()};
  frame.progressive = jpeg_.progressive_mode != FALSE;
  if (jpeg_.jpeg_color_space == JCS_YCbCr) {
    frame.colour = JpegFrame::Colour::kYcc;
  } else if (jpeg_.jpeg_color_space == JCS_RGB) {
    frame.colour = JpegFrame::Colour::kRgb;
  } else if (jpeg_.jpeg_color_space != JCS_GRAYSCALE) {
    return std::nullopt;
  }
  if (IsArithmetic() || jpeg_.data_precision != 8) return std::nullopt;
  for (int i = 0; i < components(); ++i) {
    const jpeg_component_info& from = jpeg_.comp_info[i];
    JpegFrame::Component& to = frame.components.emplace_back();
    to.id = static_cast<unsigned>(from.component_id);
    if (components() > 1) {
      to.across = from.h_samp_factor;
      to.down = from.v_samp_factor;
    }
    const int number = from.quant_tbl_no;
    if (number < 0 || number >= NUM_QUANT_TBLS) return std::nullopt;
    const JQUANT_TBL* table = jpeg_.quant_tbl_ptrs[number];
    if (table == nullptr) return std::nullopt;
    std::copy(std::begin(table->quantval), std::end(table->quantval), to.steps.begin());
  }
  return frame;
}

std::int64_t JpegDecoder::CoefficientBytes() {
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

Error JpegDecoder::MissingScans() const {
  return at_end_ ? BadPhoto("JPEG", "ends before its last scan")
                 : BadPhoto("JPEG", "scans are missing: not all bits of its pixels are there");
}

Error JpegDecoder::error() {
  if (code_ == JERR_OUT_OF_MEMORY) {
    return BadPhoto("JPEG", kOutOfMemory);
  }
  if (jpeg_.input_scan_number > max_scans_) {
    if (scans_of_pixels_ > 0) {
      return BadPhoto("JPEG",
                      MoreThanMaxPixels(fmt::format("over {} scans of {} x {} pixels take too long",
                                                    max_scans_, width(), height()),
                                        scans_of_pixels_));
    }
    return BadPhoto("JPEG", fmt::format("more than {} scans", max_scans_));
  }
  if (code_ == JWRN_JPEG_EOF) {
    return BadPhoto("JPEG", "has no end marker: rows may be missing");
  }
  const bool no_restart = code_ == JWRN_MUST_RESYNC && errors_.msg_parm.i[0] == JPEG_EOI;
  if (at_end_ || no_restart || code_ == JERR_INPUT_EOF || code_ == JWRN_HIT_MARKER) {
    return MissingRows();
  }
  constexpr std::string_view kCorrupt = "Corrupt JPEG data: ";
  const std::string_view message = message_.data();
  return BadPhoto("JPEG",
                  message.starts_with(kCorrupt) ? message.substr(kCorrupt.size()) : message);
}

// Whether libjpeg may have invented pixels, or left some out.
bool JpegDecoder::CostsPixels(jpeg_error_mgr& warning) {
  switch (warning.msg_code) {
    case JWRN_JFIF_MAJOR:      // a JFIF version from the future
    case JWRN_ADOBE_XFORM:     // of unknown meaning: libjpeg and Pillow assume YCbCr or YCCK
    case JWRN_NOT_SEQUENTIAL:  // numbers of a scan's header that only a progressive one uses
      return false;
    case JWRN_JPEG_EOF:
      // From here on libjpeg reads end markers that it invents. It warns again if rows are missing,
      // but not if they are coded by arithmetic: see MaxZeros() in jpeg.cc.
      at_end_ = true;
      return padding_ > 0;
    case JWRN_EXTRANEOUS_DATA:
      return !IsPadding(warning) && StrayBytesCostRows(warning);
    default:
      return true;
  }
}

// Whether a warning is only of the padding. Subtracts the padding from its count.
bool JpegDecoder::IsPadding(jpeg_error_mgr& warning) {
  if (padding_ == 0 || jpeg_.input_scan_number == 0) {
    return false;
  }
  ++padded_scans_;
  int& left = warning.msg_parm.i[0];
  left = std::max(0, left - static_cast<int>(padding_));
  return left == 0;
}

// Before the first scan there are no rows to lose. Bytes left over behind the data of a scan may be
// its last rows, pushed out by stray bytes further up: the caller looks closer.
bool JpegDecoder::StrayBytesCostRows(const jpeg_error_mgr& warning) {
  if (jpeg_.input_scan_number == 0) {
    return false;
  }
  const int marker = warning.msg_parm.i[1];
  if (kFirstRestart <= marker && marker <= kLastRestart) {
    // Behind the last row, the next interval belongs to rows below it.
    return !(has_more_rows_ = finishing_);
  }
  if (padding_ > 0) {
    return true;
  }
  const auto left = static_cast<std::size_t>(warning.msg_parm.i[0]);
  if (has_more_rows_ || left == 1) {
    return false;
  }
  const Bytes read =
      at_end_
          ? photo_
          : photo_.first(static_cast<std::size_t>(
                reinterpret_cast<const std::byte*>(jpeg_.src->next_input_byte) - photo_.data()));
  const auto other =
      std::find_if(read.rbegin(), read.rend(), [&](std::byte byte) { return byte != read.back(); });
  const auto repeated = static_cast<std::size_t>(other - read.rbegin());
  if (repeated < left) {
    stray_.other = left;
  } else if (stray_.repeated.size() == stray_.repeated.capacity()) {
    return true;
  } else {
    stray_.repeated.push_back({read.size() - repeated + 1, read.size()});  // the first may be data
  }
  return false;
}

void JpegDecoder::Fail(j_common_ptr jpeg) {
  auto* decoder = static_cast<JpegDecoder*>(jpeg->client_data);
  decoder->code_ = jpeg->err->msg_code;
  jpeg->err->format_message(jpeg, decoder->message_.data());
  std::longjmp(decoder->failed_, 1);
}

}  // namespace verger
