// names.h: the names of the files of an output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace verger {

inline constexpr std::string_view kPreprocessing = "Preprocessing";
inline constexpr std::string_view kResults = "Results";
inline constexpr std::string_view kModelFolder = "Model";
inline constexpr std::string_view kStateFolder = "_verger";
inline constexpr std::string_view kStagedFolder = "_verger/staged";
// If it exists, the next plan reads every part completely; the next version removes it.
inline constexpr std::string_view kCheckFile = "_verger/check";
inline constexpr std::string_view kPcaDocument = "Model/pca.json";
inline constexpr std::string_view kSuccess = "_SUCCESS";
// The page that shows the latest version; no manifest lists it.
inline constexpr std::string_view kReportPage = "report.html";

// A file whose name has a number in it, below its folder.
enum class Numbered { kPart, kManifest, kMoments, kPca };

// The number in a name such as "part-00012.parquet" or "part-00012-5f3a9c1b.parquet"; nothing for
// other names. Nothing for more than 9 digits either.
std::optional<std::int64_t> NumberIn(Numbered kind, std::string_view name);

// "part-00012.parquet"; with a run, "part-00012-RUN.parquet", a name that no other run gives.
std::string NumberedName(Numbered kind, std::int64_t number, std::string_view run = {});

// Where a run keeps a part until the version that names it is made: "_verger/staged/RUN-NAME".
// `name` may have its folder before it.
std::string StagedName(std::string_view run, std::string_view name);

// Whether a file in the folder of staged parts was put there by `run`.
bool IsStagedBy(std::string_view run, std::string_view name);

// Whether a file in a folder of parts is data, to Spark and Arrow as well: hidden and underscored
// names are not.
bool IsData(std::string_view name);

// "FOLDER/NAME".
std::string InFolder(std::string_view folder, std::string_view name);

// What stands behind the last '/', or before it ("" without one).
std::string_view LastOf(std::string_view path);
std::string_view FolderOf(std::string_view path);

}  // namespace verger
