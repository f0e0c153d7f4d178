#include "tree_scan.h"

#include <string.h>

// Vectors of 16 bytes, as every processor has them and every compiler knows them.
typedef int8_t bytes16 __attribute__((vector_size(16)));
typedef int64_t pair __attribute__((vector_size(16)));
typedef double number_pair __attribute__((vector_size(16)));

static inline bytes16 load16(const void *bytes) {
  bytes16 vector;
  memcpy(&vector, bytes, sizeof vector);
  return vector;
}

void rk_leaves(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves) {
  for (int64_t group = 0; group < groups; group++) {
    // Four vectors stay in registers for all tests of the tree.
    bytes16 leaf[4] = {{0}, {0}, {0}, {0}};
    for (int64_t i = 0; i < test_count; i++) {
      const bytes16 zero = {0};
      const bytes16 threshold = zero + tests[i].threshold;
      const bytes16 mask = zero + (int8_t)tests[i].mask;
      const bytes16 first = zero + (int8_t)tests[i].first;
      const bytes16 step = zero + (int8_t)tests[i].step;
      const int8_t *plane = planes + tests[i].plane + 64 * group;
      for (int lane = 0; lane < 4; lane++) {
        const bytes16 right = (load16(plane + 16 * lane) & mask) > threshold;
        leaf[lane] += (leaf[lane] == first) & right & step;
      }
    }
    memcpy(leaves + 64 * group, leaf, sizeof leaf);
  }
}

void rk_ranks(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left) {
  for (int64_t row = 0; row < 64 * groups; row += 8) {
    // Eight searches at once, so that they do not wait for each other's loads.
    number_pair value[4];
    memcpy(value, values + row, sizeof value);
    pair rank[4] = {{0}, {0}, {0}, {0}};
    for (int64_t half = ((int64_t)1 << steps) >> 1; half > 0; half >>= 1) {
      const double *next = keys + half - 1;
      for (int lane = 0; lane < 4; lane++) {
        const number_pair key = {next[rank[lane][0]], next[rank[lane][1]]};
        rank[lane] += (key < value[lane]) & half;
      }
    }
    for (int lane = 0; lane < 4; lane++) {
      for (int side = 0; side < 2; side++) {
        const int missing = value[lane][side] != value[lane][side];
        const int8_t byte = (int8_t)(rank[lane][side] - 127);
        const int64_t position = row + 2 * lane + side;
        if (missing_right) missing_right[position] = missing ? INT8_MAX : byte;
        if (missing_left) missing_left[position] = missing ? INT8_MIN : byte;
      }
    }
  }
}

#if !defined(__x86_64__)

int32_t rk_widest_vectors(void) { return RK_VECTORS_BASELINE; }

#else

#include <immintrin.h>
#include <stddef.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

int32_t rk_widest_vectors(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return RK_VECTORS_AVX512;
  }
  return __builtin_cpu_supports("avx2") ? RK_VECTORS_AVX2 : RK_VECTORS_BASELINE;
}

// The leaves of width vectors of rows, which stay in registers for all tests of the tree.
AVX512 INLINE void leaves_512(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, const int width,
    uint8_t *leaves) {
  __m512i leaf[8];
  for (int lane = 0; lane < width; lane++) leaf[lane] = _mm512_setzero_si512();
  for (int64_t i = 0; i < test_count; i++) {
    const __m512i threshold = _mm512_set1_epi8(tests[i].threshold);
    const __m512i mask = _mm512_set1_epi8((char)tests[i].mask);
    const __m512i first = _mm512_set1_epi8((char)tests[i].first);
    const __m512i step = _mm512_set1_epi8((char)tests[i].step);
    const int8_t *plane = planes + tests[i].plane;
    for (int lane = 0; lane < width; lane++) {
      const __m512i byte = _mm512_and_si512(_mm512_loadu_si512(plane + 64 * lane), mask);
      const __mmask64 here = _mm512_cmpeq_epi8_mask(leaf[lane], first);
      const __mmask64 right = _mm512_mask_cmpgt_epi8_mask(here, byte, threshold);
      leaf[lane] = _mm512_mask_add_epi8(leaf[lane], right, leaf[lane], step);
    }
  }
  for (int lane = 0; lane < width; lane++) _mm512_storeu_si512(leaves + 64 * lane, leaf[lane]);
}

AVX512 void rk_leaves_avx512(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves) {
  int64_t done = 0;
  for (; done + 8 <= groups; done += 8) {
    leaves_512(tests, test_count, planes + 64 * done, 8, leaves + 64 * done);
  }
  for (; done + 2 <= groups; done += 2) {
    leaves_512(tests, test_count, planes + 64 * done, 2, leaves + 64 * done);
  }
  if (done < groups) leaves_512(tests, test_count, planes + 64 * done, 1, leaves + 64 * done);
}

AVX2 INLINE void leaves_256(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, const int width,
    uint8_t *leaves) {
  __m256i leaf[8];
  for (int lane = 0; lane < width; lane++) leaf[lane] = _mm256_setzero_si256();
  for (int64_t i = 0; i < test_count; i++) {
    const __m256i threshold = _mm256_set1_epi8(tests[i].threshold);
    const __m256i mask = _mm256_set1_epi8((char)tests[i].mask);
    const __m256i first = _mm256_set1_epi8((char)tests[i].first);
    const __m256i step = _mm256_set1_epi8((char)tests[i].step);
    const int8_t *plane = planes + tests[i].plane;
    for (int lane = 0; lane < width; lane++) {
      const __m256i byte =
          _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(plane + 32 * lane)), mask);
      const __m256i here = _mm256_cmpeq_epi8(leaf[lane], first);
      const __m256i right = _mm256_and_si256(here, _mm256_cmpgt_epi8(byte, threshold));
      leaf[lane] = _mm256_add_epi8(leaf[lane], _mm256_and_si256(right, step));
    }
  }
  for (int lane = 0; lane < width; lane++) {
    _mm256_storeu_si256((__m256i *)(leaves + 32 * lane), leaf[lane]);
  }
}

AVX2 void rk_leaves_avx2(
    const rk_tree_test *tests, int64_t test_count, const int8_t *planes, int64_t groups,
    uint8_t *leaves) {
  int64_t done = 0;
  for (; done + 4 <= groups; done += 4) {
    leaves_256(tests, test_count, planes + 64 * done, 8, leaves + 64 * done);
  }
  for (; done < groups; done++) {
    leaves_256(tests, test_count, planes + 64 * done, 2, leaves + 64 * done);
  }
}

AVX512 void rk_ranks_avx512(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left) {
  // The keys of the first four halvings fit into registers: 1, 2, 4 and 8 from place 1 on.
  const int64_t in_registers = steps < 4 ? 0 : 4;
  double top[16] = {0};
  for (int64_t step = 0, place = 1; step < in_registers; step++) {
    const int64_t apart = (int64_t)1 << (steps - step);
    for (int64_t i = 0; i < (int64_t)1 << step; i++) top[place++] = keys[i * apart + apart / 2 - 1];
  }
  const __m512d top_low = _mm512_loadu_pd(top), top_high = _mm512_loadu_pd(top + 8);
  const __m512i one = _mm512_set1_epi64(1);
  // Four searches at once, so that they do not wait for each other's loads.
  for (int64_t row = 0; row < 64 * groups; row += 32) {
    __m512d value[4];
    __m512i rank[4];
    for (int lane = 0; lane < 4; lane++) {
      value[lane] = _mm512_loadu_pd(values + row + 8 * lane);
      rank[lane] = one;
    }
    for (int64_t step = 0; step < in_registers; step++) {
      for (int lane = 0; lane < 4; lane++) {
        const __m512d key = _mm512_permutex2var_pd(top_low, rank[lane], top_high);
        const __mmask8 less = _mm512_cmp_pd_mask(key, value[lane], _CMP_LT_OQ);
        rank[lane] = _mm512_add_epi64(rank[lane], rank[lane]);
        rank[lane] = _mm512_mask_add_epi64(rank[lane], less, rank[lane], one);
      }
    }
    for (int lane = 0; lane < 4; lane++) {
      const __m512i leading = _mm512_set1_epi64((int64_t)1 << in_registers);
      rank[lane] = _mm512_sllv_epi64(
          _mm512_sub_epi64(rank[lane], leading), _mm512_set1_epi64(steps - in_registers));
    }
    for (int64_t half = ((int64_t)1 << (steps - in_registers)) >> 1; half > 0; half >>= 1) {
      const __m512i step = _mm512_set1_epi64(half);
      for (int lane = 0; lane < 4; lane++) {
        const __m512d key = _mm512_i64gather_pd(rank[lane], keys + half - 1, 8);
        const __mmask8 less = _mm512_cmp_pd_mask(key, value[lane], _CMP_LT_OQ);
        rank[lane] = _mm512_mask_add_epi64(rank[lane], less, rank[lane], step);
      }
    }
    for (int lane = 0; lane < 4; lane++) {
      const __mmask8 missing = _mm512_cmp_pd_mask(value[lane], value[lane], _CMP_UNORD_Q);
      const __m512i byte = _mm512_sub_epi64(rank[lane], _mm512_set1_epi64(127));
      if (missing_right) {
        const __m512i found = _mm512_mask_mov_epi64(byte, missing, _mm512_set1_epi64(127));
        _mm_storel_epi64(
            (__m128i *)(missing_right + row + 8 * lane), _mm512_cvtepi64_epi8(found));
      }
      if (missing_left) {
        const __m512i found = _mm512_mask_mov_epi64(byte, missing, _mm512_set1_epi64(-128));
        _mm_storel_epi64((__m128i *)(missing_left + row + 8 * lane), _mm512_cvtepi64_epi8(found));
      }
    }
  }
}

// The low bytes of 16 numbers in 4 vectors.
AVX2 INLINE __m128i low_bytes(const __m256i *numbers) {
  const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  __m128i four[4];
  for (int lane = 0; lane < 4; lane++) {
    four[lane] = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(numbers[lane], order));
  }
  return _mm_packs_epi16(
      _mm_packs_epi32(four[0], four[1]), _mm_packs_epi32(four[2], four[3]));
}

AVX2 void rk_ranks_avx2(
    const double *values, int64_t groups, const double *keys, int64_t steps,
    int8_t *missing_right, int8_t *missing_left) {
  for (int64_t row = 0; row < 64 * groups; row += 16) {
    __m256d value[4];
    __m256i rank[4];
    for (int lane = 0; lane < 4; lane++) {
      value[lane] = _mm256_loadu_pd(values + row + 4 * lane);
      rank[lane] = _mm256_setzero_si256();
    }
    for (int64_t half = ((int64_t)1 << steps) >> 1; half > 0; half >>= 1) {
      const __m256i step = _mm256_set1_epi64x(half);
      for (int lane = 0; lane < 4; lane++) {
        const __m256d key = _mm256_i64gather_pd(keys + half - 1, rank[lane], 8);
        const __m256i less = _mm256_castpd_si256(_mm256_cmp_pd(key, value[lane], _CMP_LT_OQ));
        rank[lane] = _mm256_add_epi64(rank[lane], _mm256_and_si256(less, step));
      }
    }
    __m256i right[4], left[4];
    for (int lane = 0; lane < 4; lane++) {
      const __m256i missing =
          _mm256_castpd_si256(_mm256_cmp_pd(value[lane], value[lane], _CMP_UNORD_Q));
      const __m256i byte = _mm256_sub_epi64(rank[lane], _mm256_set1_epi64x(127));
      right[lane] = _mm256_blendv_epi8(byte, _mm256_set1_epi64x(127), missing);
      left[lane] = _mm256_blendv_epi8(byte, _mm256_set1_epi64x(-128), missing);
    }
    if (missing_right) _mm_storeu_si128((__m128i *)(missing_right + row), low_bytes(right));
    if (missing_left) _mm_storeu_si128((__m128i *)(missing_left + row), low_bytes(left));
  }
}

AVX512 void rk_add_avx512(
    const uint8_t *leaves, int64_t groups, const double *values, double *scores) {
  // The values of 32 leaves fit into four registers, which are looked up without memory.
  const __m512d v0 = _mm512_loadu_pd(values), v1 = _mm512_loadu_pd(values + 8);
  const __m512d v2 = _mm512_loadu_pd(values + 16), v3 = _mm512_loadu_pd(values + 24);
  const __m512i sixteen = _mm512_set1_epi64(16);
  for (int64_t row = 0; row < 64 * groups; row += 8) {
    const __m512i leaf =
        _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(leaves + row)));
    const __m512d low = _mm512_permutex2var_pd(v0, leaf, v1);
    const __m512d high = _mm512_permutex2var_pd(v2, leaf, v3);
    const __m512d value =
        _mm512_mask_mov_pd(low, _mm512_test_epi64_mask(leaf, sixteen), high);
    _mm512_storeu_pd(scores + row, _mm512_add_pd(_mm512_loadu_pd(scores + row), value));
  }
}

#endif
