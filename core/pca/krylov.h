// krylov.h: leading eigenpairs by block Lanczos with thick restarts.
#pragma once

#include <optional>
#include <span>

#include "core/pca/eigenpairs.h"

namespace verger {

// As LeadingEigenpairs, or nothing if so many are wanted, or they come so slowly,
// that a full decomposition is faster, or if one was found to be missing.
//
// Every pair returned has a residual at the level of rounding, and a Cholesky
// factorisation has proved that no larger eigenvalue was passed over. The start is
// random with a fixed seed: the same matrix gives the same pairs.
//
// Source: block form of Wu and Simon (2000), thick-restart Lanczos.
std::optional<Eigenpairs> KrylovEigenpairs(std::span<const double> triangle, int dimension,
                                           PairsRequest request);

}  // namespace verger
