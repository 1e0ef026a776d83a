// options.h: options that several commands share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/arguments.h"
#include "cli/commands/isolate_options.h"
#include "cli/commands/preset_options.h"
#include "cli/models/resolve.h"
#include "cli/runs/extraction.h"
#include "cli/runs/manifest.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

// The value of --precision for: OUT's own, else the best by measurement.
inline constexpr const char* kAutoPrecision = "auto";

// The output, and how to report on it.
struct OutputOptions {
  std::string out;
  S3Options s3;
  bool json = false;
  bool quiet = false;

  // Errors: as OpenPlace.
  std::shared_ptr<Place> OpenOut() const { return OpenPlace(out, s3); }

  ProgressMode progress() const;
};

// Options of extraction.
struct ExtractOptions {
  std::string photos;
  std::string model;
  PresetOptions preset;
  ModelChoice choice;  // without the preset; a precision of "": that of OUT, else fp32
  std::string max_reject_rate = "5%";
  std::string path_mode = "plain";
  ExtractionOptions extraction;
  IsolateOptions isolate;

  // As a share of 1. Errors: Failure kUsage.
  double MaxRejectRate() const;

  // Opens PHOTOS. Errors: as OpenPlace; Failure kBadInput for a missing bucket, before OUT is
  // changed.
  std::shared_ptr<Place> OpenPhotos(const S3Options& s3) const;

  ExtractionOptions Settings() const;

  // With --isolate: starts decoder processes, by which `extraction` decodes from now on; null
  // without. Errors: as Isolation.
  std::unique_ptr<Isolation> StartIsolation();

  ModelChoice Choice() const;
};

// Options of reduction.
struct ReduceOptions {
  std::string components;
  std::string scores = "centred";

  // Errors: Failure kUsage.
  PcaSettings Settings() const;
};

// `out` is the help on OUT.
void AddOptions(Command& command, OutputOptions& options, const std::string& out);
void AddOptions(Command& command, ExtractOptions& options);
void AddOptions(Command& command, ReduceOptions& options);
// PHOTOS that go into no output: one name or more.
void AddPhotoNames(Command& command, std::vector<std::string>& photos);
// --format of rows on stdout: text, csv, jsonl or parquet.
void AddRowFormat(Command& command, std::string& format);
// --max-pixels and --max-bytes of a photo; without them the variables keep 0.
void AddPhotoLimits(Command& command, std::int64_t& max_pixels, std::int64_t& max_bytes);
void AddThreads(Command& command, int& threads);
void AddOptions(Command& command, S3Options& options);

// The progress of a command that prints rows: none on stderr of a program that reads csv or jsonl.
ProgressMode ProgressBeside(const std::string& format, bool quiet);

// `choice` with the preset of the options.
ModelChoice WithPreset(const PresetOptions& preset, ModelChoice choice);

// --output and --pool: which tensor of an ONNX file is the features.
void AddFeatureOptions(Command& command, ModelChoice& choice);

// The same, and an option called `names` for the file of OUT's network.
void AddNetworkOfOutput(Command& command, const char* names, std::string& model,
                        ModelChoice& choice);

// `path` as a person would type it in a shell.
std::string ShellQuoted(const std::string& path);

}  // namespace verger::cli
