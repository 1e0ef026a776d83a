// simd.h: four floats at a time, in WebAssembly and on the machine that runs the tests.
#pragma once

#include <cstring>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

// Sums are arrays, and only an unrolled loop keeps arrays in registers.
#ifdef __clang__
#define VERGER_UNROLL _Pragma("clang loop unroll(full)")
#else
#define VERGER_UNROLL _Pragma("GCC unroll 16")
#endif

// A loop of independent sums stays one: unrolled, compilers reorder it into a chain of additions
// for each sum, each waiting for the one before, and run out of registers. And pointers that they
// cannot see through are read at fixed distances, which are free, instead of computed ones.
#ifdef __clang__
#define VERGER_KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define VERGER_KEEP_LOOP _Pragma("GCC unroll 1")
#endif
#define VERGER_KEEP_POINTERS(a, b) __asm__("" : "+r"(a), "+r"(b))

namespace verger::app {

using Floats = float __attribute__((vector_size(16)));

inline Floats Load(const float* from) {
  Floats floats;
  std::memcpy(&floats, from, sizeof(floats));
  return floats;
}

inline void Store(Floats floats, float* to) { std::memcpy(to, &floats, sizeof(floats)); }

inline Floats Splat(float number) { return Floats{number, number, number, number}; }

// a * b + sum, rounded once where that is the faster way.
inline Floats MultiplyAdd(Floats a, Floats b, Floats sum) {
#ifdef __wasm_relaxed_simd__
  return (Floats)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)sum);
#else
  return a * b + sum;
#endif
}

// Of numbers, not NaNs: the exact instructions for those take several of a processor's.
inline Floats Clamp(Floats floats, Floats low, Floats high) {
#ifdef __wasm_simd128__
  return (Floats)wasm_f32x4_pmin((v128_t)high, wasm_f32x4_pmax((v128_t)low, (v128_t)floats));
#else
  floats = floats > low ? floats : low;
  return floats < high ? floats : high;
#endif
}

}  // namespace verger::app
