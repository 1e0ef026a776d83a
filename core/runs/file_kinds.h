// file_kinds.h: how a listing treats a file, by its path only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace verger {

// Numbered as verger_file_kind. docs/what-is-read.md has them for users.
enum class FileKind {
  kNone,         // not counted: its ending is no image's and no video's
  kPhoto,        // its ending is of a format that we decode
  kMacSideFile,  // "._IMG_1.jpg", and what lies below __MACOSX or .AppleDouble
  kHidden,       // its name, or that of a folder on its path, begins with a dot
  kSystem,       // below a folder that a system or program keeps for itself: @eaDir, $RECYCLE.BIN
  kRaw,          // of a camera, any make
  kTiff,         // as all that follow: an image or a video that we do not decode
  kHeif,
  kAvif,
  kJpegXl,
  kJpeg2000,
  kGif,
  kBmp,
  kVideo
};
inline constexpr std::size_t kFileKinds = 14;

// The folders of `path`, below the place of photos, decide over all that lies below them: kHidden,
// kSystem or kMacSideFile; kNone where they say nothing. `path` itself is a folder's.
FileKind KindOfFolder(std::string_view path);

// A file's kind by its name, without its folder.
FileKind KindByEnding(std::string_view name);

// Whether files of this kind are rows unless a photo of the same shot lies beside them: images that
// we cannot decode. Such a row becomes a reject, by its content.
bool IsForeignImage(FileKind kind);

// What all files of one shot of a camera are called, up to their endings: "IMG_1.CR2" and
// "IMG_1.jpg", a drone's bands "IMG_1_5.TIF", Google's "PXL_1.RAW-02.ORIGINAL.dng". Without
// folders. A foreign image lies beside its photo where one of its names is among the photo's.
std::vector<std::string> ShotNames(std::string_view name, FileKind kind);

// The shortest of them: in the order of bytes, no file of another shot's prefix divides those of
// one.
std::string ShotPrefix(std::string_view name);

// Files of a listing by kind.
struct ListingCounts {
  std::array<std::int64_t, kFileKinds> listed = {};       // rows
  std::array<std::int64_t, kFileKinds> passed_over = {};  // no rows

  static std::size_t At(FileKind kind) { return static_cast<std::size_t>(kind); }
};

// "20 side files of Macs, 3 RAW files"; "" for none.
std::string CountsText(const std::array<std::int64_t, kFileKinds>& counts);

// For machines: "mac_side_files", "raw".
std::string_view NameOf(FileKind kind);

// The error, after "PLACE: ", of a listing without a photo that we decode. "" if it has one.
// `is_output`: the place is that of the output as well.
std::string NoPhotos(const ListingCounts& counts, bool is_output);

}  // namespace verger
