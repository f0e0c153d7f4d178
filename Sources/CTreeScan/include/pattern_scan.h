#ifndef RETENTIONKIT_PATTERN_SCAN_H
#define RETENTIONKIT_PATTERN_SCAN_H

#include <stdint.h>

// Which of some conditions each row of a block meets, as the bits of a number.

// One test that a condition asks for, on a byte per row.
typedef struct {
  uint32_t plane;    // where the bytes tested begin
  int8_t threshold;  // a row goes right where its byte, under the mask, is greater
  uint8_t mask;      // the bits that count
  uint8_t bit;       // the condition's bit, in 0...15
  uint8_t flip;      // 0 where the row must go right, 255 where it must go left
} rk_pattern_test;

// The patterns of groups * 64 rows: bit b is 1 where the row passes all tests with that bit.
//
// The first low_count tests have bits below 8, the others from 8 on. A bit without a test is as in
// start.
void rk_patterns(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns);

#if defined(__x86_64__)

// The same in wider vectors.
void rk_patterns_avx512(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns);
void rk_patterns_avx2(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns);

#endif
#endif
