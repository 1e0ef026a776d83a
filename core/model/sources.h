// sources.h: networks that can be downloaded.
#pragma once

namespace verger {

// JSON, as verger_model_sources describes it. Size and digest are from keras.applications, which
// has no SHA-256.
inline constexpr char kModelSources[] = R"([
  {
    "name": "resnet50",
    "file_name": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "url": "https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "bytes": 94765736,
    "md5": "4d473c1dd8becc155b73f8504c6f6626",
    "preset": "keras",
    "license": "MIT"
  }
])";

}  // namespace verger
