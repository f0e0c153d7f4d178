#ifndef RETENTIONKIT_SPLIT_SCAN_H
#define RETENTIONKIT_SPLIT_SCAN_H

#include <stdint.h>

// What a scan of thresholds has to know of the node.
typedef struct {
  double gradient_unit, hessian_unit;  // what one unit of a bin's sums stands for
  double gradient, hessian;            // of the whole node
  double least_hessian;                // that either side needs
  double l2;
} rk_scanned_node;

// The threshold with the largest sum of G * G / (H + l2) over both sides, the first among equals.
//
// bins: gradients in the upper 32 bits, hessians in the lower; threshold t has bins 0 ... t and `start`
// on its left; seven numbers behind the last must be readable. A sum that is not above *best does not count. Returns -1 where none does; otherwise
// *best is the sum.
int64_t rk_best_threshold(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best);

#if defined(__x86_64__)

// The same in wider vectors.
int64_t rk_best_threshold_avx512(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best);
int64_t rk_best_threshold_avx2(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best);

#endif
#endif
