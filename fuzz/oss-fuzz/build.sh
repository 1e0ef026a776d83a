#!/bin/bash -eu
# Builds the targets with the compiler, flags and engine that OSS-Fuzz sets, and packs their seeds.
prefix=$WORK/prefix

build_library() { # NAME [OPTIONS...]
  cmake -G Ninja -S "$SRC/$1" -B "$WORK/$1" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_BUILD_TYPE=Release \
    -DBUILD_SHARED_LIBS=OFF "${@:2}"
  cmake --build "$WORK/$1" --target install
}
build_library fmt -DFMT_TEST=OFF
build_library pugixml
build_library highway -DHWY_ENABLE_TESTS=OFF -DHWY_ENABLE_EXAMPLES=OFF -DHWY_ENABLE_CONTRIB=OFF

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cmake -G Ninja -S "$SRC/verger" -B "$WORK/verger" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=None \
  -DVERGER_FUZZ=ON -DVERGER_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" -DVERGER_TESTS=OFF -DVERGER_BENCH=OFF
cmake --build "$WORK/verger" --target fuzz_targets

python3 -m venv "$WORK/venv"
"$WORK/venv/bin/pip" install --quiet h5py==3.16.0 numpy==2.4.6 onnx==1.23.2 pillow==13.0.0
"$WORK/venv/bin/python" "$SRC/verger/fuzz/make_seeds.py" "$WORK/seeds" --writer "$WORK/verger/fuzz/fuzz_seeds"

for program in "$WORK"/verger/fuzz/fuzz_*; do
  [[ -x $program && ! -d $program && $program != *fuzz_seeds ]] || continue
  target=${program##*/fuzz_}
  cp "$program" "$OUT/"
  zip -jq "$OUT/fuzz_${target}_seed_corpus.zip" "$WORK/seeds/$target"/*
  dictionary=$("$WORK/venv/bin/python" "$SRC/verger/fuzz/run_targets.py" --dictionary "$target")
  if [[ -n $dictionary ]]; then cp "$dictionary" "$OUT/fuzz_${target}.dict"; fi
done
