/* check.h: a few words for tests in C; every failed check is printed, none ends the program. */
#ifndef VERGER_TESTS_ABI_CHECK_H_
#define VERGER_TESTS_ABI_CHECK_H_

#include <stdbool.h>

#include "abi/verger.h"

/* How many checks were made and how many failed. */
extern int checks_made;
extern int checks_failed;

void check(bool condition, const char* what, const char* file, int line);

/* `status` must be `expected`, and the message of `error` must hold `part`. Clears `error`. */
void check_failure(verger_status status, verger_status expected, verger_error* error,
                   const char* part, const char* what, const char* file, int line);

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

/* `call` must succeed and leave `error` as it is; prints its message otherwise. */
#define CHECK_OK(call, error) \
  check_failure((call), VERGER_OK, (error), "", #call, __FILE__, __LINE__)

#define CHECK_FAILS(call, expected, error, part) \
  check_failure((call), (expected), (error), (part), #call, __FILE__, __LINE__)

/* A subject each. */
void test_app(void);
void test_library(void);
void test_models(void);
void test_evaluate(void);
void test_decode(void);
void test_extract(void);
void test_traits(void);
void test_tune(void);
void test_moments(void);
void test_pca(void);
void test_classify(void);
void test_plan(void);
void test_search(void);
void test_report(void);
void test_text(void);
void test_buckets(void);

#endif /* VERGER_TESTS_ABI_CHECK_H_ */
