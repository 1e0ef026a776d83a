#include "core/runs/file_kinds.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "core/runs/names.h"
#include "core/runs/numbers.h"

namespace verger {
namespace {

struct KindWords {
  std::string_view name;  // for machines
  std::string_view one;
  std::string_view many;
};

constexpr std::array<KindWords, kFileKinds> kWords = {{
    {"none", "file", "files"},
    {"photos", "photo", "photos"},
    {"mac_side_files", "side file of a Mac", "side files of Macs"},
    {"hidden", "hidden file", "hidden files"},
    {"system", "file in system folders", "files in system folders"},
    {"raw", "RAW file", "RAW files"},
    {"tiff", "TIFF file", "TIFF files"},
    {"heic", "HEIC file", "HEIC files"},
    {"avif", "AVIF file", "AVIF files"},
    {"jpeg_xl", "JPEG XL file", "JPEG XL files"},
    {"jpeg_2000", "JPEG 2000 file", "JPEG 2000 files"},
    {"gif", "GIF file", "GIF files"},
    {"bmp", "BMP file", "BMP files"},
    {"video", "video", "videos"},
}};

struct Endings {
  FileKind kind;
  std::string_view endings;  // in small letters, a space before and behind each
};

using enum FileKind;

// Source: Wikipedia's lists of raw image formats and of video file formats, LibRaw's cameras.
constexpr Endings kEndings[] = {
    {kPhoto, " jpg jpeg jpe jfif jif jfi pjpeg pjp mpo jps insp png apng webp "},
    {kRaw,
     " 3fr arw bay cap cr2 cr3 crw cs1 dcr dcs dng eip erf fff gpr iiq k25 kdc mdc mef mos mrw nef "
     "nrw "
     "orf ori pef ptx pxn raf raw rdc rw2 rwl sr2 srf srw sti x3f "},
    {kTiff, " tif tiff "},
    {kHeif, " heic heics heif heifs hif "},
    {kAvif, " avif avifs "},
    {kJpegXl, " jxl "},
    {kJpeg2000, " jp2 j2k jpf jpx "},
    {kGif, " gif "},
    {kBmp, " bmp dib "},
    {kVideo,
     " mp4 m4v mov qt avi mkv webm mts m2ts 3gp 3g2 mpg mpeg wmv asf flv ogv vob mxf insv lrv lrf "
     "360 braw r3d crm "},
};

// In small letters. By whom: Synology, QNAP, Buffalo, NetApp; Windows; Linux, Android; macOS;
// Sony's cameras; npm, Nextcloud.
constexpr std::string_view kSystemFolders[] = {
    "@eadir",
    "@tmp",
    "@img_bkp_cache",
    "@synoresource",
    "@sharebin",
    "@appdata",
    "@database",
    "@__thumb",
    "#recycle",
    "#snapshot",
    "@recycle",
    "@recently-snapshot",
    "@transcode",
    "trashbox",
    "~snapshot",
    "$recycle.bin",
    "$windows.~bt",
    "found.000",
    "lost+found",
    "lost.dir",
    "system volume information",
    "temporary items",
    "network trash folder",
    "ipod photo cache",
    "thmbnl",
    "node_modules",
    "files_trashbin",
    "files_versions",
};

// What a photo library of macOS keeps beside the user's own photos are copies.
constexpr std::string_view kLibraries[] = {".photoslibrary", ".photolibrary",
                                           ".migratedphotolibrary", ".aplibrary"};

// What is appended to the name of a shot: the photo's first, then those of the bands beside it.
// Source: file names of DJI's Mavic 3M, Parrot's Sequoia, Google's motion photos.
constexpr std::string_view kPhotoSuffixes[] = {"_D", "_RGB", ".MP"};
constexpr std::string_view kBandSuffixes[] = {"_MS_G", "_MS_R", "_MS_RE", "_MS_NIR",
                                              "_GRE",  "_NIR",  "_RED",   "_REG"};

constexpr FileKind kForeign[] = {kRaw, kTiff, kHeif, kAvif, kJpegXl, kJpeg2000, kGif, kBmp};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLibrary(std::string_view lower) {
  return std::any_of(std::begin(kLibraries), std::end(kLibraries),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool IsSystemFolder(std::string_view name, std::string_view lower, std::string_view above) {
  if (name == "RECYCLER" || name == "RECYCLED") return true;  // in small letters, a word like any
  if (std::find(std::begin(kSystemFolders), std::end(kSystemFolders), lower) !=
      std::end(kSystemFolders)) {
    return true;
  }
  if (lower.ends_with(".lrdata")) return true;       // previews of Lightroom
  if (lower.starts_with("appdata_oc")) return true;  // previews of Nextcloud
  if (!IsLibrary(above)) return false;
  return lower != "originals" && lower != "masters";
}

std::string_view Stem(std::string_view name) { return name.substr(0, name.rfind('.')); }

// Google's phones: "PXL_1.RAW-01.COVER", "PXL_1.RAW-02.ORIGINAL".
std::string_view WithoutPixelSuffix(std::string_view stem) {
  return stem.substr(0, stem.find(".RAW-0"));
}

template <std::size_t count>
std::string_view Without(const std::string_view (&suffixes)[count], std::string_view stem) {
  for (const std::string_view suffix : suffixes) {
    if (stem.size() > suffix.size() && stem.ends_with(suffix)) {
      return stem.substr(0, stem.size() - suffix.size());
    }
  }
  return stem;
}

// "IMG_1_5", "IMG_1_10" -> "IMG_1", as MicaSense's cameras number bands.
std::string_view WithoutBandNumber(std::string_view stem) {
  std::size_t end = stem.size();
  while (end > 0 && stem.size() - end < 2 && IsDigit(stem[end - 1])) --end;
  return end < stem.size() && end > 1 && stem[end - 1] == '_' ? stem.substr(0, end - 1) : stem;
}

// DJI's Phantom 4 Multispectral: DJI_0010.JPG is the photo of the bands DJI_0011.TIF to 0015.
bool IsPhantomStem(std::string_view stem) {
  return stem.size() == 8 && stem.starts_with("DJI_") &&
         std::all_of(stem.begin() + 4, stem.end(), IsDigit);
}

}  // namespace

FileKind KindOfFolder(std::string_view path) {
  std::string above;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    std::string lower = Lowered(name);
    if (lower == "__macosx" || lower == ".appledouble" || lower.starts_with("._")) {
      return kMacSideFile;
    }
    if (lower.starts_with('.')) return kHidden;
    if (IsSystemFolder(name, lower, above)) return kSystem;
    above = std::move(lower);
  }
  return kNone;
}

FileKind KindByEnding(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return kNone;
  if (name.find(' ', dot) != std::string_view::npos) return kNone;
  const std::string ending = ' ' + Lowered(name.substr(dot + 1)) + ' ';
  for (const Endings& known : kEndings) {
    if (known.endings.find(ending) != std::string_view::npos) return known.kind;
  }
  return kNone;
}

bool IsForeignImage(FileKind kind) {
  return std::find(std::begin(kForeign), std::end(kForeign), kind) != std::end(kForeign);
}

std::vector<std::string> ShotNames(std::string_view name, FileKind kind) {
  const std::string_view stem = Stem(name);
  const std::string_view plain = WithoutPixelSuffix(stem);
  std::vector<std::string> names = {std::string(plain)};
  const auto add = [&](std::string_view other) {
    if (other != plain) names.emplace_back(other);
  };
  if (kind == kPhoto) {
    add(stem);
    add(Without(kPhotoSuffixes, plain));
    return names;
  }
  add(name);  // "IMG_1.CR2" beside "IMG_1.CR2.jpg"
  if (kind != kTiff) return names;
  add(Without(kBandSuffixes, plain));
  add(WithoutBandNumber(plain));
  if (IsPhantomStem(plain)) add(std::string(plain.substr(0, plain.size() - 1)) + '0');
  return names;
}

std::string ShotPrefix(std::string_view name) {
  const FileKind kind = KindByEnding(name);
  std::string shortest(Stem(name));
  for (std::string& other : ShotNames(name, kind)) {
    if (other.size() < shortest.size()) shortest = std::move(other);
  }
  if (IsPhantomStem(shortest)) shortest.pop_back();
  return shortest;
}

std::string CountsText(const std::array<std::int64_t, kFileKinds>& counts) {
  std::string text;
  for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
    if (counts[kind] == 0) continue;
    if (!text.empty()) text += ", ";
    text += Pluralize(counts[kind], kWords[kind].one, kWords[kind].many);
  }
  return text;
}

std::string_view NameOf(FileKind kind) { return kWords[ListingCounts::At(kind)].name; }

std::string NoPhotos(const ListingCounts& counts, bool is_output) {
  if (counts.listed[ListingCounts::At(kPhoto)] > 0) return "";
  if (is_output) {
    return "no photos in it: it is OUT as well, where photos are not looked for: choose another "
           "OUT";
  }
  std::array<std::int64_t, kFileKinds> others = counts.passed_over;
  for (std::size_t kind = 0; kind < kFileKinds; ++kind) others[kind] += counts.listed[kind];
  constexpr const char* kPhotos = "they are files that end in .jpg, .png or .webp";
  std::string text = fmt::format("no photos in it: {}", kPhotos);
  const std::string there = CountsText(others);
  if (there.empty()) return text;
  text += fmt::format("; it holds {}", there);
  const auto any = [&](std::initializer_list<FileKind> kinds) {
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](FileKind kind) { return others[ListingCounts::At(kind)] > 0; });
  };
  if (any({kRaw})) text += ". RAW files to JPEG: darktable-cli IMG_1.CR3 IMG_1.jpg";
  if (any({kTiff, kHeif, kAvif, kJpeg2000, kGif, kBmp})) {
    text += ". Images to JPEG, by ImageMagick: mogrify -format jpg FILES";
  }
  if (any({kJpegXl})) text += ". JPEG XL to JPEG: djxl IMG_1.jxl IMG_1.jpg";
  if (any({kVideo})) text += ". Frames of a video: ffmpeg -i VIDEO -vf fps=1 frame-%05d.jpg";
  if (any({kMacSideFile, kHidden, kSystem})) {
    text += ". Hidden files and those in system folders are taken with --include-hidden";
  }
  return text;
}

}  // namespace verger
