// options.h: what several commands are asked in the same words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/commands/preset_options.h"
#include "cli/models/resolve.h"
#include "cli/runs/extraction.h"
#include "cli/runs/manifest.h"
#include "cli/storage/open_place.h"

namespace verger::cli {

// Of --precision: what OUT has, else what is measured to be best.
inline constexpr const char* kAutoPrecision = "auto";

// Where to, and how to talk about it.
struct OutputOptions {
  std::string out;
  S3Options s3;
  bool json = false;
  bool quiet = false;

  // Errors: as OpenPlace.
  std::shared_ptr<Place> OpenOut() const { return OpenPlace(out, s3); }

  ProgressMode progress() const;
};

// From photos to features.
struct ExtractOptions {
  std::string photos;
  std::string model;
  PresetOptions preset;
  ModelChoice choice;  // but for the preset; a precision of "": as OUT has it, else fp32
  std::string max_reject_rate = "5%";
  std::string path_mode = "plain";
  ExtractionOptions extraction;

  // As a share of 1. Errors: Failure kUsage.
  double MaxRejectRate() const;

  // PHOTOS. Errors: as OpenPlace; Failure kBadInput if it is a bucket that is not there: said
  // before anything is made in OUT.
  std::shared_ptr<Place> OpenPhotos(const S3Options& s3) const;

  ExtractionOptions Settings() const;

  ModelChoice Choice() const;
};

// From features to PCA.
struct ReduceOptions {
  std::string components;
  std::string scores = "centred";

  // Errors: Failure kUsage.
  PcaSettings Settings() const;
};

// `out` says what OUT is to the command.
void AddOptions(CLI::App& command, OutputOptions& options, const std::string& out);
void AddOptions(CLI::App& command, ExtractOptions& options);
void AddOptions(CLI::App& command, ReduceOptions& options);
void AddThreads(CLI::App& command, int& threads);
void AddOptions(CLI::App& command, S3Options& options);

// What both say of a network.
ModelChoice Chosen(const PresetOptions& preset, ModelChoice choice);

// --output and --pool: which tensor of an ONNX file is the features.
void AddFeatureOptions(CLI::App& command, ModelChoice& choice);

// `path` as a person would type it in a shell.
std::string ShellQuoted(const std::string& path);

}  // namespace verger::cli
