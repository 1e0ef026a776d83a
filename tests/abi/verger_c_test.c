/* Drives the whole door from C: what another language's binding would do, and would get wrong. */
#include <stdio.h>

#include "tests/abi/arrow_build.h"
#include "tests/abi/check.h"

int main(void) {
  test_library();
  test_models();
  test_moments();
  test_pca();
  test_classify();
  test_app();
  test_plan();
  test_search();
  test_report();
  test_evaluate();
  test_text();
  test_buckets();
  test_extract();
  test_decode();
  test_traits();
  test_tune();
  CHECK(batch_releases == 0); /* borrowed arrays are only read */
  printf("%d checks, %d failed\n", checks_made, checks_failed);
  return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
