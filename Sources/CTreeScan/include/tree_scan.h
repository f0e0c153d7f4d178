#ifndef RETENTIONKIT_TREE_SCAN_H
#define RETENTIONKIT_TREE_SCAN_H

#include <stdint.h>

// The loops over a block of rows, in vectors; Swift's own compare byte by byte, and cannot ask for
// more than a package is built for. The readable twin of each is in Swift and says what it computes.

// One test of a tree, on a byte per row.
typedef struct {
  uint32_t plane;    // where the bytes tested begin
  int8_t threshold;  // a row goes right where its byte, under the mask, is greater
  uint8_t mask;      // the bits that count
  uint8_t first;     // the first leaf below the test
  uint8_t step;      // how many leaves further the first one on the right is
} rk_tree_test;

// Vectors that the processor and the system have.
enum {
  RK_VECTORS_BASELINE = 0,  // 16 bytes
  RK_VECTORS_AVX2 = 1,
  RK_VECTORS_AVX512 = 2
};

// The widest of them.
int32_t rk_widest_vectors(void);

// The leaf of each of groups * 64 rows.
void rk_leaves(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves);

// The ranks of groups * 64 values among 2^steps - 1 keys, in one plane or both; NULL for none.
void rk_ranks(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left);

#if defined(__x86_64__)

// The same in wider vectors.
void rk_leaves_avx512(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves);
void rk_leaves_avx2(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves);
void rk_ranks_avx512(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left);
void rk_ranks_avx2(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left);

// Adds the values of groups * 64 leaves, each below 32, to scores.
void rk_add_avx512(
    const uint8_t *leaves, int64_t groups, const double *values, double *scores);

#endif
#endif
