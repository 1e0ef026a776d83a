// make_app.h: all files of the phone app of an output.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/verger.h"
#include "cli/app/app_file.h"
#include "cli/app/brotli.h"
#include "cli/base/progress.h"
#include "cli/runs/output.h"
#include "cli/storage/place.h"

namespace verger::cli {

struct AppOptions {
  std::string title;              // what the app is called; "": Verger
  std::string weights;            // how the network is stored; "": as few bytes as answers allow
  const Place* photos = nullptr;  // for small photos of each label; null: there are none
  int brotli = kBestBrotli;       // quality, from 0 to 11; of large files no more than 9
  int threads = 1;
  ProgressMode progress = ProgressMode::kAuto;
};

struct App {
  std::vector<AppFile> files;  // sorted by path; app.json among them
  std::string version;         // SHA-256 of all of them
  std::int64_t labels = 0;
  std::vector<std::string> notes;  // what the app does otherwise than the program, a sentence each

  // Of what a browser downloads: files with the same content for another browser count once.
  std::size_t bytes() const;
  std::size_t compressed_bytes() const;
};

// Throws a Failure with the remedy if the app cannot answer as the program does: for features in
// int8, and a program that was built without the app's engine. Call it before work is done.
void RequireApp(const Output& output);

// The app of `classifier`, which is of `output`, and of `model`, the network of its rows.
// The same output, photos and options give the same bytes.
//
// Errors: as RequireApp; Failure kBadInput for a network that the app does not compute, which
//         names those it does; Interrupted.
// Cost:   about 3 s, most of them for Brotli.
App MakeApp(const Output& output, const verger_classifier& classifier, const verger_model& model,
            const AppOptions& options);

}  // namespace verger::cli
