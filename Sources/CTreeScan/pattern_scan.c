#include "pattern_scan.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// 64 rows at a time; the compiler makes of them what vectors there are.
typedef int8_t bytes64 __attribute__((vector_size(64)));

INLINE bytes64 kept(
    const rk_pattern_test *tests, int64_t count, const int8_t *planes, uint8_t start) {
  bytes64 bits = (bytes64){0} + (int8_t)start;
  for (int64_t i = 0; i < count; i++) {
    bytes64 byte;
    memcpy(&byte, planes + tests[i].plane, sizeof byte);
    const bytes64 right = (byte & (int8_t)tests[i].mask) > tests[i].threshold;
    bits &= (right ^ (int8_t)tests[i].flip) | (int8_t)~(1 << (tests[i].bit & 7));
  }
  return bits;
}

INLINE void patterns_of(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns) {
  for (int64_t group = 0; group < groups; group++) {
    const int8_t *here = planes + 64 * group;
    const bytes64 low = kept(tests, low_count, here, (uint8_t)start);
    const bytes64 high =
        kept(tests + low_count, test_count - low_count, here, (uint8_t)(start >> 8));
    uint16_t *next = patterns + 64 * group;
    uint8_t bytes[2][64];
    memcpy(bytes[0], &low, sizeof low);
    memcpy(bytes[1], &high, sizeof high);
    for (int row = 0; row < 64; row++) {
      next[row] = (uint16_t)(bytes[0][row] | bytes[1][row] << 8);
    }
  }
}

void rk_patterns(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns) {
  patterns_of(tests, low_count, test_count, start, planes, groups, patterns);
}

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
void rk_patterns_avx512(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns) {
  patterns_of(tests, low_count, test_count, start, planes, groups, patterns);
}

__attribute__((target("avx2")))
void rk_patterns_avx2(
    const rk_pattern_test *tests, int64_t low_count, int64_t test_count, uint16_t start,
    const int8_t *planes, int64_t groups, uint16_t *patterns) {
  patterns_of(tests, low_count, test_count, start, planes, groups, patterns);
}

#endif
