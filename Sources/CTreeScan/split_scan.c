#include "split_scan.h"

#include <string.h>

// A multiplication and an addition are rounded one after the other, on any processor.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

// Eight thresholds at a time; the compiler makes of them what vectors there are.
typedef int64_t long8 __attribute__((vector_size(64)));
typedef double double8 __attribute__((vector_size(64)));

// The sums of a vector up to each of its places.
INLINE long8 sums_up_to(long8 bins) {
  const long8 zero = {0};
  bins += __builtin_shufflevector(bins, zero, 8, 0, 1, 2, 3, 4, 5, 6);
  bins += __builtin_shufflevector(bins, zero, 8, 9, 0, 1, 2, 3, 4, 5);
  bins += __builtin_shufflevector(bins, zero, 8, 9, 10, 11, 0, 1, 2, 3);
  return bins;
}

// Whole numbers of 32 bits in the last bits of doubles from 2^52 on, which need no conversion.
#define EXPONENT 0x4330000000000000

INLINE double8 gradients(long8 sums) {
  const long8 shifted = (((sums >> 32) & 0xFFFFFFFF) ^ 0x80000000) | EXPONENT;
  return (double8)shifted - (0x1p52 + 0x1p31);
}

INLINE double8 hessians(long8 sums) {
  return (double8)((sums & 0xFFFFFFFF) | EXPONENT) - 0x1p52;
}

INLINE int any(long8 mask) {
  const long8 half = mask | __builtin_shufflevector(mask, mask, 4, 5, 6, 7, 0, 1, 2, 3);
  return (half[0] | half[1] | half[2] | half[3]) != 0;
}

INLINE int64_t best_threshold(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best) {
  // Divisions take most of the time. Where all numbers are of a moderate size, a sum above the best
  // shows without one: it passes this bar, which is lower by more than rounding can be wrong.
  const int is_moderate = node->least_hessian + node->l2 > 1e-60 &&
                          node->gradient_unit < 1e50 && node->hessian_unit < 1e50;
  const double slack = 1 - 1e-12;
  double largest = *best;
  double bar = is_moderate && largest > 1e-100 ? largest * slack : -1;
  int64_t threshold = -1;
  const long8 place = {0, 1, 2, 3, 4, 5, 6, 7};
  long8 left = {0};
  left += start;
  for (int64_t first = 0; first < threshold_count; first += 8) {
    long8 next;
    memcpy(&next, bins + first, sizeof next);
    const long8 counts = place < threshold_count - first;
    const long8 sums = sums_up_to(next) + left;
    left = __builtin_shufflevector(sums, sums, 7, 7, 7, 7, 7, 7, 7, 7);
    const double8 gradient = gradients(sums) * node->gradient_unit;
    const double8 hessian = hessians(sums) * node->hessian_unit;
    const double8 other_gradient = node->gradient - gradient;
    const double8 other_hessian = node->hessian - hessian;
    const double8 square = gradient * gradient;
    const double8 other_square = other_gradient * other_gradient;
    const double8 weight = hessian + node->l2;
    const double8 other_weight = other_hessian + node->l2;
    const long8 is_allowed = (hessian >= node->least_hessian) &
                             (other_hessian >= node->least_hessian) & counts;
    const long8 passes =
        square * other_weight + other_square * weight >= bar * (weight * other_weight);
    if (!any(is_allowed & (passes | -(int64_t)(bar < 0)))) continue;
    const double8 sum = square / weight + other_square / other_weight;
    const long8 is_better = is_allowed & (sum > largest);
    for (int lane = 0; lane < 8; lane++) {
      if (is_better[lane] && sum[lane] > largest) {
        largest = sum[lane];
        threshold = first + lane;
      }
    }
    if (is_moderate && largest > 1e-100) bar = largest * slack;
  }
  *best = largest;
  return threshold;
}

int64_t rk_best_threshold(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best) {
  return best_threshold(bins, threshold_count, start, node, best);
}

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
int64_t rk_best_threshold_avx512(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best) {
  return best_threshold(bins, threshold_count, start, node, best);
}

__attribute__((target("avx2")))
int64_t rk_best_threshold_avx2(
    const int64_t *bins, int64_t threshold_count, int64_t start, const rk_scanned_node *node,
    double *best) {
  return best_threshold(bins, threshold_count, start, node, best);
}

#endif
