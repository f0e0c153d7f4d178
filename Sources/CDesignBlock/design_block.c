#include "design_block.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF
// How vectors are passed where a processor has no such register: here all calls are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

typedef double eight __attribute__((vector_size(64)));
typedef int64_t eight_whole __attribute__((vector_size(64)));

INLINE eight load(const double *numbers) {
  eight vector;
  memcpy(&vector, numbers, sizeof vector);
  return vector;
}

INLINE void store(eight vector, double *numbers) { memcpy(numbers, &vector, sizeof vector); }

// `first` where the mask has all bits set, else `second`.
INLINE eight chosen(eight_whole mask, eight first, eight second) {
  return (eight)((mask & (eight_whole)first) | (~mask & (eight_whole)second));
}

// In a fixed order: halves, then quarters.
INLINE double sum(eight v) {
  const double a = v[0] + v[4], b = v[1] + v[5], c = v[2] + v[6], d = v[3] + v[7];
  return (a + c) + (b + d);
}

INLINE int64_t padded(int64_t count) { return (count + 7) & ~(int64_t)7; }

// --- Filling and products

INLINE eight standardized(eight value, rk_standardization by) {
  const eight deviations = (value * by.unit - by.center) * by.scale;
  return (eight)((eight_whole)deviations & (value == value));
}

// Eight values from `row` on; behind the last one they are missing.
INLINE eight load_values(const double *values, int64_t row, int64_t count) {
  if (row + 8 <= count) return load(values + row);
  eight value;
  for (int i = 0; i < 8; i++) value[i] = row + i < count ? values[row + i] : __builtin_nan("");
  return value;
}

// The block after this one reads on where this one ends: by then it is in the cache. Half of the
// columns are fetched with the scores, half with the sums, so that the memory never rests.
INLINE void fetch_ahead(const double *values, int64_t column, int is_with_sums, rk_design_block block) {
  if ((column / 4 & 1) == is_with_sums) __builtin_prefetch(values + block.stride, 0, 2);
}

// Up to four columns at a time, so that scores are read and written a quarter as often.
INLINE void fill_columns(
    rk_design_block block, int64_t first, int width, const double *const *values,
    const rk_standardization *by, const double *factors, double *scores, int is_kept) {
  const int64_t count = block.row_count;
  double *const column = block.columns + first * block.stride;
  for (int64_t row = 0; row < count; row += 8) {
    eight score = load(scores + row);
    for (int i = 0; i < width; i++) {
      const eight deviation = standardized(load_values(values[first + i], row, count), by[first + i]);
      if (is_kept) {
        store(deviation, column + i * block.stride + row);
        __builtin_prefetch(values[first + i] + row + block.stride, 0, 2);
      } else {
        fetch_ahead(values[first + i] + row, first, 0, block);
      }
      score += deviation * factors[first + i];
    }
    store(score, scores + row);
  }
}

INLINE void fill(
    rk_design_block block, const double *const *values, const rk_standardization *by,
    const double *factors, double *scores, int is_kept) {
  memset(scores, 0, sizeof(double) * (size_t)padded(block.row_count));
  int64_t column = 0;
  for (; column + 4 <= block.column_count; column += 4)
    fill_columns(block, column, 4, values, by, factors, scores, is_kept);
  for (; column < block.column_count; column++)
    fill_columns(block, column, 1, values, by, factors, scores, is_kept);
}

INLINE void fill_columns_and_scores(
    rk_design_block block, const double *const *values, const rk_standardization *by,
    const double *factors, double *scores) {
  fill(block, values, by, factors, scores, 1);
}

INLINE void fill_scores(
    rk_design_block block, const double *const *values, const rk_standardization *by,
    const double *factors, double *scores) {
  fill(block, values, by, factors, scores, 0);
}

INLINE void sum_values(
    rk_design_block block, int64_t first, int width, const double *const *values,
    const rk_standardization *by, const double *factors, double *sums) {
  const int64_t count = block.row_count;
  eight total[4] = {{0}, {0}, {0}, {0}};
  for (int64_t row = 0; row < count; row += 8) {
    const eight factor = load(factors + row);
    for (int i = 0; i < width; i++) {
      total[i] +=
          factor * standardized(load_values(values[first + i], row, count), by[first + i]);
      fetch_ahead(values[first + i] + row, first, 1, block);
    }
  }
  for (int i = 0; i < width; i++) sums[first + i] += sum(total[i]);
}

INLINE void add_weighted_sums_of_values(
    rk_design_block block, const double *const *values, const rk_standardization *by,
    const double *factors, double *sums) {
  int64_t column = 0;
  for (; column + 4 <= block.column_count; column += 4)
    sum_values(block, column, 4, values, by, factors, sums);
  for (; column < block.column_count; column++)
    sum_values(block, column, 1, values, by, factors, sums);
}

INLINE void add_products(rk_design_block block, const double *factors, double *scores) {
  for (int64_t row = 0; row < padded(block.row_count); row += 8) {
    eight score = load(scores + row);
    for (int64_t column = 0; column < block.column_count; column++)
      score += load(block.columns + column * block.stride + row) * factors[column];
    store(score, scores + row);
  }
}

INLINE void add_weighted_sums(rk_design_block block, const double *factors, double *sums) {
  const int64_t count = padded(block.row_count), stride = block.stride;
  int64_t column = 0;
  for (; column + 4 <= block.column_count; column += 4) {
    const double *const values = block.columns + column * stride;
    eight total[4] = {{0}, {0}, {0}, {0}};
    for (int64_t row = 0; row < count; row += 8) {
      const eight factor = load(factors + row);
      for (int i = 0; i < 4; i++) total[i] += factor * load(values + i * stride + row);
    }
    for (int i = 0; i < 4; i++) sums[column + i] += sum(total[i]);
  }
  for (; column < block.column_count; column++) {
    eight total = {0};
    for (int64_t row = 0; row < count; row += 8)
      total += load(factors + row) * load(block.columns + column * stride + row);
    sums[column] += sum(total);
  }
}

// --- The loss

// e to the power of numbers in [-708, 0]; the method and error of PortableMath.exp in Learning.
INLINE eight exponential(eight x) {
  const eight zero = {0};
  x = chosen(x < -708, zero - 708, x);
  const eight shifted = x * 1.4426950408889634 + 0x1.8p52;
  const eight k = shifted - 0x1.8p52;
  const eight r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  eight s = r * (1.0 / 6227020800) + 1.0 / 479001600;
  s = s * r + 1.0 / 39916800;
  s = s * r + 1.0 / 3628800;
  s = s * r + 1.0 / 362880;
  s = s * r + 1.0 / 40320;
  s = s * r + 1.0 / 5040;
  s = s * r + 1.0 / 720;
  s = s * r + 1.0 / 120;
  s = s * r + 1.0 / 24;
  s = s * r + 1.0 / 6;
  s = s * r + 0.5;
  const eight fraction = 1 + (r + r * r * s);
  // `k` is in the last bits of `shifted`; moved to where a number's exponent is, it multiplies.
  return (eight)((eight_whole)fraction + ((eight_whole)shifted << 52));
}

// log(1 + x) of numbers in [0, 1], within 3 units in the last place: 2 artanh((u - 1) / (u + 1)) by
// its series, with u = 1 + x up to sqrt 2 and u = (1 + x) / 2 above, where log 2 is added.
INLINE eight log_of_one_plus(eight x) {
  const eight zero = {0};
  const eight_whole is_halved = x > 0.41421356237309503;
  const eight s = chosen(is_halved, x - 1, x) / chosen(is_halved, x + 3, x + 2);
  const eight z = s * s;
  // z is at most 0.0295: the first term left out is below 2^-58 of the sum.
  eight t = z * (1.0 / 23) + 1.0 / 21;
  t = t * z + 1.0 / 19;
  t = t * z + 1.0 / 17;
  t = t * z + 1.0 / 15;
  t = t * z + 1.0 / 13;
  t = t * z + 1.0 / 11;
  t = t * z + 1.0 / 9;
  t = t * z + 1.0 / 7;
  t = t * z + 1.0 / 5;
  t = t * z + 1.0 / 3;
  return chosen(is_halved, zero + 0x1.62e42fefa39efp-1, zero) + (2 * s * (z * t) + 2 * s);
}

INLINE double differentiate(
    int64_t count, const double *scores, const _Bool *labels, const double *weights, double *slopes,
    double *curvatures) {
  const eight zero = {0};
  eight loss = zero;
  for (int64_t row = 0; row < padded(count); row += 8) {
    const eight score = load(scores + row);
    eight label = zero, weight = zero;
    if (row + 8 <= count) {
      for (int i = 0; i < 8; i++) label[i] = labels[row + i];
      weight = weights ? load(weights + row) : zero + 1;
    } else {
      for (int i = 0; row + i < count; i++) {
        label[i] = labels[row + i];
        weight[i] = weights ? weights[row + i] : 1;
      }
    }
    const eight_whole is_negative = score < 0, is_positive = label > 0.5;
    // Never the exponential of a positive number: it could overflow.
    const eight odds = exponential(chosen(is_negative, score, -score));
    // The probability of the likelier outcome is `likely`, that of the other `unlikely`.
    const eight likely = 1 / (1 + odds), unlikely = odds * likely;
    // max(z, 0) - y z + log(1 + exp(-|z|)): no cancellation and no overflow for large scores.
    loss += weight * (chosen(is_negative, zero, score) - label * score + log_of_one_plus(odds));
    // Where the outcome happened: p - 1, as minus the other's probability, of which none is
    // rounded away.
    const eight slope = chosen(
        is_positive, -chosen(is_negative, likely, unlikely),
        chosen(is_negative, unlikely, likely));
    store(weight * slope, slopes + row);
    store(weight * (likely * unlikely), curvatures + row);
  }
  return sum(loss);
}

// --- Whole numbers

INLINE void find_roots(
    const double *curvatures, int64_t count, double largest_root, double *roots) {
  for (int64_t row = 0; row < count; row += 8)
    store(__builtin_elementwise_sqrt(load(curvatures + row)) / largest_root, roots + row);
}

INLINE void round_columns(
    rk_design_block block, const double *factors, const double *curvatures, double largest_root,
    double *roots) {
  const int64_t count = padded(block.row_count);
  find_roots(curvatures, count, largest_root, roots);
  for (int64_t column = 0; column < block.column_count; column++) {
    double *const values = block.columns + column * block.stride;
    for (int64_t row = 0; row < count; row += 8) {
      const eight scaled = load(values + row) * factors[column] * load(roots + row);
      // Added to 1.5 times 2 to the 52nd, a number is rounded to a whole one.
      store((scaled + 0x1.8p52) - 0x1.8p52, values + row);
    }
  }
}

// --- Narrow whole numbers

typedef int32_t sixteen __attribute__((vector_size(64)));
typedef int16_t eight_narrow __attribute__((vector_size(16)));
typedef double sixteen_sums __attribute__((vector_size(128)));

enum { ROWS_PER_SUM = RK_DESIGN_NARROW_ROWS, COLUMNS_PER_PANEL = RK_DESIGN_NARROW_PANEL };

// Rows times their roots as whole numbers, for each column in units of `scales` by which the largest
// is 2,047. Two rows of sixteen columns lie side by side, as the processors' products of pairs want
// them:
//
//   | column 0: row 0, row 1 | column 1: row 0, row 1 | ... | column 15 |  | rows 2, 3 | ...
INLINE void pack(
    rk_design_block block, int64_t first, int64_t count, const double *roots, double *scales,
    int16_t *packed) {
  const eight zero = {0};
  const int64_t panel = count * COLUMNS_PER_PANEL;
  double rows[ROWS_PER_SUM];
  for (int64_t column = 0; column < block.column_count; column++) {
    const double *const values = block.columns + column * block.stride + first;
    eight largest = zero;
    for (int64_t row = 0; row < count; row += 8) {
      const eight value = load(values + row) * load(roots + first + row);
      store(value, rows + row);
      const eight size = chosen(value < 0, -value, value);
      largest = chosen(size > largest, size, largest);
    }
    double most = largest[0];
    for (int i = 1; i < 8; i++) most = largest[i] > most ? largest[i] : most;
    // Where a quotient would overflow, nothing counts.
    const double factor = most > 1e-300 ? RK_DESIGN_NARROW_LARGEST / most : 0;
    scales[column] = most / RK_DESIGN_NARROW_LARGEST;
    int16_t *target = packed + column / COLUMNS_PER_PANEL * panel + column % COLUMNS_PER_PANEL * 2;
    for (int64_t row = 0; row < count; row += 8) {
      // Of a number added to 1.5 times 2 to the 52nd the last bits are the rounded one.
      const eight_narrow rounded = __builtin_convertvector(
          (eight_whole)(load(rows + row) * factor + 0x1.8p52), eight_narrow);
      for (int pair = 0; pair < 4; pair++, target += 2 * COLUMNS_PER_PANEL)
        memcpy(target, (const int16_t *)&rounded + 2 * pair, 2 * sizeof *target);
    }
  }
  // Behind the last column.
  for (int64_t column = block.column_count; column % COLUMNS_PER_PANEL; column++) {
    scales[column] = 0;
    int16_t *target = packed + column / COLUMNS_PER_PANEL * panel + column % COLUMNS_PER_PANEL * 2;
    for (int64_t row = 0; row < count; row += 2, target += 2 * COLUMNS_PER_PANEL)
      memset(target, 0, 2 * sizeof *target);
  }
}

// Adds the products of `WIDTH` panels from `panel` on with the `HEIGHT` columns from `column` on,
// which all are of one panel. It and what it adds with are macros, since intrinsics may only be
// inlined where their processor is meant.
#define DEFINE_TILE(NAME, TARGET, MULTIPLY_ADD, WIDTH, HEIGHT)                                   \
  TARGET INLINE void tile_##WIDTH##_##NAME(                                                      \
      const int16_t *packed, int64_t count, int64_t panel, int64_t column,                       \
      const double *scales, double *sums, int64_t stride) {                                      \
    const int64_t size = count * COLUMNS_PER_PANEL;                                              \
    const int16_t *wide = packed + panel * size;                                                 \
    const int16_t *high =                                                                        \
        packed + column / COLUMNS_PER_PANEL * size + column % COLUMNS_PER_PANEL * 2;             \
    const sixteen zero = {0};                                                                    \
    sixteen total[HEIGHT][WIDTH] = {{{0}}};                                                      \
    for (int64_t row = 0; row < count; row += 2) {                                               \
      sixteen pairs[WIDTH];                                                                      \
      for (int i = 0; i < WIDTH; i++) memcpy(pairs + i, wide + i * size, sizeof *pairs);         \
      for (int j = 0; j < HEIGHT; j++) {                                                         \
        int32_t pair;                                                                            \
        memcpy(&pair, high + 2 * j, sizeof pair);                                                \
        const sixteen one = zero + pair;                                                         \
        for (int i = 0; i < WIDTH; i++) total[j][i] = MULTIPLY_ADD(total[j][i], one, pairs[i]);  \
      }                                                                                          \
      wide += 2 * COLUMNS_PER_PANEL;                                                             \
      high += 2 * COLUMNS_PER_PANEL;                                                             \
    }                                                                                            \
    for (int j = 0; j < HEIGHT; j++) {                                                           \
      for (int i = 0; i < WIDTH; i++) {                                                          \
        double *const target = sums + (column + j) * stride + (panel + i) * COLUMNS_PER_PANEL;   \
        sixteen_sums sum, units;                                                                 \
        memcpy(&sum, target, sizeof sum);                                                        \
        memcpy(&units, scales + (panel + i) * COLUMNS_PER_PANEL, sizeof units);                  \
        units *= scales[column + j];                                                             \
        sum += units * __builtin_convertvector(total[j][i], sixteen_sums);                       \
        memcpy(target, &sum, sizeof sum);                                                        \
      }                                                                                          \
    }                                                                                            \
  }

#define DEFINE_NARROW_PRODUCTS(NAME, TARGET, MULTIPLY_ADD, HEIGHT)                               \
  DEFINE_TILE(NAME, TARGET, MULTIPLY_ADD, 1, HEIGHT)                                             \
  DEFINE_TILE(NAME, TARGET, MULTIPLY_ADD, 2, HEIGHT)                                             \
  DEFINE_TILE(NAME, TARGET, MULTIPLY_ADD, 3, HEIGHT)                                             \
  TARGET static void add_narrow_products_##NAME(                                                 \
      rk_design_block block, const double *curvatures, double *roots, double *scales,            \
      int16_t *packed, double *sums) {                                                           \
    const int64_t padded_count = padded(block.row_count);                                        \
    const int64_t panels = (block.column_count + COLUMNS_PER_PANEL - 1) / COLUMNS_PER_PANEL;     \
    const int64_t stride = panels * COLUMNS_PER_PANEL;                                           \
    find_roots(curvatures, padded_count, 1, roots);                                              \
    for (int64_t first = 0; first < padded_count; first += ROWS_PER_SUM) {                       \
      const int64_t rest = padded_count - first;                                                 \
      const int64_t count = rest < ROWS_PER_SUM ? rest : ROWS_PER_SUM;                           \
      pack(block, first, count, roots, scales, packed);                                          \
      for (int64_t column = 0; column < block.column_count; column += HEIGHT) {                  \
        int64_t panel = column / COLUMNS_PER_PANEL;                                              \
        for (; panel + 3 <= panels; panel += 3)                                                  \
          tile_3_##NAME(packed, count, panel, column, scales, sums, stride);                     \
        if (panel + 2 == panels)                                                                 \
          tile_2_##NAME(packed, count, panel, column, scales, sums, stride);                     \
        if (panel + 1 == panels)                                                                 \
          tile_1_##NAME(packed, count, panel, column, scales, sums, stride);                     \
      }                                                                                          \
    }                                                                                            \
  }

// Sums of the products of pairs, added to `total`: exact, so that all ways give the same numbers.
#if defined(__x86_64__)
typedef int32_t eight_pairs __attribute__((vector_size(32)));
typedef int32_t four_pairs __attribute__((vector_size(16)));

#define EACH_PART(PART, BYTES, PRODUCTS, total, first, second)                                  \
  ({                                                                                             \
    sixteen sum_ = total, first_ = first, second_ = second;                                      \
    for (int part_ = 0; part_ < 64 / BYTES; part_++) {                                           \
      PART a_, b_, t_;                                                                           \
      memcpy(&a_, (const char *)&first_ + part_ * BYTES, BYTES);                                 \
      memcpy(&b_, (const char *)&second_ + part_ * BYTES, BYTES);                                \
      memcpy(&t_, (const char *)&sum_ + part_ * BYTES, BYTES);                                   \
      t_ += PRODUCTS;                                                                            \
      memcpy((char *)&sum_ + part_ * BYTES, &t_, BYTES);                                         \
    }                                                                                            \
    sum_;                                                                                        \
  })
#define MULTIPLY_ADD_128(total, first, second) \
  EACH_PART(four_pairs, 16, (four_pairs)_mm_madd_epi16((__m128i)a_, (__m128i)b_), total, first, second)
#define MULTIPLY_ADD_256(total, first, second) \
  EACH_PART(eight_pairs, 32, (eight_pairs)_mm256_madd_epi16((__m256i)a_, (__m256i)b_), total, first, second)
#define MULTIPLY_ADD_512(total, first, second) \
  ((total) + (sixteen)_mm512_madd_epi16((__m512i)(first), (__m512i)(second)))
#define MULTIPLY_ADD_VNNI(total, first, second) \
  ((sixteen)_mm512_dpwssd_epi32((__m512i)(total), (__m512i)(first), (__m512i)(second)))
#else
#define MULTIPLY_ADD_128(total, first, second) \
  ((total) + ((first) << 16 >> 16) * ((second) << 16 >> 16) + ((first) >> 16) * ((second) >> 16))
#endif

// --- Moments

typedef struct {
  eight weight, sum, squares, low, high, missing_count, missing_weight;
} eight_moments;

INLINE void take(eight_moments *m, eight value, eight weight, double center, double unit) {
  const eight_whole is_present = value == value;
  const eight deviation = (eight)((eight_whole)(value * unit - center) & is_present);
  const eight counted = (eight)((eight_whole)weight & is_present);
  const eight one = (eight){0} + 1;
  m->weight += counted;
  m->sum += counted * deviation;
  m->squares += counted * deviation * deviation;
  // A comparison with a missing value is never true.
  m->low = chosen(value < m->low, value, m->low);
  m->high = chosen(value > m->high, value, m->high);
  m->missing_count += (eight)((eight_whole)one & ~is_present);
  m->missing_weight += weight - counted;
}

INLINE rk_moments moments(
    const double *values, const double *weights, int64_t count, double center, double unit) {
  const eight zero = {0};
  eight_moments m = {zero, zero, zero, zero + __builtin_inf(), zero - __builtin_inf(), zero, zero};
  int64_t row = 0;
  for (; row + 8 <= count; row += 8)
    take(&m, load(values + row), weights ? load(weights + row) : zero + 1, center, unit);
  if (row < count) {
    // The rest, filled up with missing values of no weight.
    eight value = zero + __builtin_nan(""), weight = zero;
    for (int i = 0; row + i < count; i++) {
      value[i] = values[row + i];
      weight[i] = weights ? weights[row + i] : 1;
    }
    take(&m, value, weight, center, unit);
    m.missing_count[7] -= (double)(row + 8 - count);
  }
  rk_moments result = {sum(m.weight), sum(m.sum),           sum(m.squares),       m.low[0],
                       m.high[0],     sum(m.missing_count), sum(m.missing_weight)};
  for (int i = 1; i < 8; i++) {
    if (m.low[i] < result.low) result.low = m.low[i];
    if (m.high[i] > result.high) result.high = m.high[i];
  }
  return result;
}

// --- The three widths

#define DEFINE(NAME, TARGET)                                                                     \
  TARGET static void fill_##NAME(                                                                \
      rk_design_block block, const double *const *values, const rk_standardization *by,          \
      const double *factors, double *scores) {                                                   \
    fill_columns_and_scores(block, values, by, factors, scores);                                           \
  }                                                                                              \
  TARGET static void fill_scores_##NAME(                                                         \
      rk_design_block block, const double *const *values, const rk_standardization *by,          \
      const double *factors, double *scores) {                                                   \
    fill_scores(block, values, by, factors, scores);                                             \
  }                                                                                              \
  TARGET static void add_weighted_sums_of_values_##NAME(                                         \
      rk_design_block block, const double *const *values, const rk_standardization *by,          \
      const double *factors, double *sums) {                                                     \
    add_weighted_sums_of_values(block, values, by, factors, sums);                               \
  }                                                                                              \
  TARGET static void add_weighted_sums_##NAME(                                                   \
      rk_design_block block, const double *factors, double *sums) {                              \
    add_weighted_sums(block, factors, sums);                                                     \
  }                                                                                              \
  TARGET static void add_products_##NAME(                                                        \
      rk_design_block block, const double *factors, double *scores) {                            \
    add_products(block, factors, scores);                                                        \
  }                                                                                              \
  TARGET static double differentiate_##NAME(                                                     \
      int64_t count, const double *scores, const _Bool *labels, const double *weights,           \
      double *slopes, double *curvatures) {                                                      \
    return differentiate(count, scores, labels, weights, slopes, curvatures);                    \
  }                                                                                              \
  TARGET static rk_moments moments_##NAME(                                                       \
      const double *values, const double *weights, int64_t count, double center, double unit) {  \
    return moments(values, weights, count, center, unit);                                        \
  }                                                                                              \
  TARGET static void round_##NAME(                                                               \
      rk_design_block block, const double *factors, const double *curvatures, double largest,    \
      double *roots) {                                                                           \
    round_columns(block, factors, curvatures, largest, roots);                                   \
  }

DEFINE(baseline, )
DEFINE_NARROW_PRODUCTS(baseline, , MULTIPLY_ADD_128, 1)
#if defined(__x86_64__)
DEFINE(avx2, __attribute__((target("avx2"))))
DEFINE_NARROW_PRODUCTS(avx2, __attribute__((target("avx2"))), MULTIPLY_ADD_256, 2)
#define AVX512 "avx512f,avx512bw,avx512vl,avx512dq"
DEFINE(avx512, __attribute__((target(AVX512))))
DEFINE_NARROW_PRODUCTS(avx512, __attribute__((target(AVX512))), MULTIPLY_ADD_512, 8)
DEFINE_NARROW_PRODUCTS(vnni, __attribute__((target(AVX512 ",avx512vnni"))), MULTIPLY_ADD_VNNI, 8)
#define DISPATCH(VECTORS, CALL, ...)                                   \
  switch (VECTORS) {                                                   \
    case RK_DESIGN_AVX512: return CALL##_avx512(__VA_ARGS__);          \
    case RK_DESIGN_AVX2: return CALL##_avx2(__VA_ARGS__);              \
    case RK_DESIGN_BASELINE: break;                                    \
  }                                                                    \
  return CALL##_baseline(__VA_ARGS__)
#else
#define DISPATCH(VECTORS, CALL, ...) return CALL##_baseline(__VA_ARGS__)
#endif

rk_design_vectors rk_design_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return RK_DESIGN_AVX512;
  if (__builtin_cpu_supports("avx2")) return RK_DESIGN_AVX2;
#endif
  return RK_DESIGN_BASELINE;
}

void rk_design_fill(
    rk_design_block block, const double *const *values, const rk_standardization *standardizations,
    const double *factors, double *scores) {
  DISPATCH(block.vectors, fill, block, values, standardizations, factors, scores);
}

void rk_design_fill_scores(
    rk_design_block block, const double *const *values, const rk_standardization *standardizations,
    const double *factors, double *scores) {
  DISPATCH(block.vectors, fill_scores, block, values, standardizations, factors, scores);
}

void rk_design_add_weighted_sums_of_values(
    rk_design_block block, const double *const *values, const rk_standardization *standardizations,
    const double *factors, double *sums) {
  DISPATCH(
      block.vectors, add_weighted_sums_of_values, block, values, standardizations, factors, sums);
}

void rk_design_add_weighted_sums(rk_design_block block, const double *factors, double *sums) {
  DISPATCH(block.vectors, add_weighted_sums, block, factors, sums);
}

void rk_design_add_products(rk_design_block block, const double *factors, double *scores) {
  DISPATCH(block.vectors, add_products, block, factors, scores);
}

double rk_design_differentiate(
    int64_t row_count, rk_design_vectors vectors, const double *scores, const _Bool *labels,
    const double *weights, double *slopes, double *curvatures) {
  DISPATCH(vectors, differentiate, row_count, scores, labels, weights, slopes, curvatures);
}

rk_moments rk_design_moments(
    const double *values, const double *weights, int64_t count, double center, double unit,
    rk_design_vectors vectors) {
  DISPATCH(vectors, moments, values, weights, count, center, unit);
}

void rk_design_round(
    rk_design_block block, const double *factors, const double *curvatures, double largest_root,
    double *roots) {
  DISPATCH(block.vectors, round, block, factors, curvatures, largest_root, roots);
}

void rk_design_add_narrow_products(
    rk_design_block block, const double *curvatures, double *roots, double *scales,
    int16_t *packed, double *sums) {
#if defined(__x86_64__)
  if (block.vectors == RK_DESIGN_AVX512 && __builtin_cpu_supports("avx512vnni")) {
    add_narrow_products_vnni(block, curvatures, roots, scales, packed, sums);
    return;
  }
#endif
  DISPATCH(
      block.vectors, add_narrow_products, block, curvatures, roots, scales, packed, sums);
}
