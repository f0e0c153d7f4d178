// Loops over a block of rows of a regression's design, whose columns lie one after another.
//
// Each loop is compiled for vectors of three widths. All of them work on eight numbers at a time in
// the same order and without fused multiply-add, so that they give the same bits.
#ifndef RETENTIONKIT_DESIGN_BLOCK_H
#define RETENTIONKIT_DESIGN_BLOCK_H

#include <stdint.h>

typedef enum { RK_DESIGN_BASELINE, RK_DESIGN_AVX2, RK_DESIGN_AVX512 } rk_design_vectors;

// The widest that this processor has.
rk_design_vectors rk_design_best(void);

// Where a block keeps its numbers; columns are `stride` elements apart, and every vector is padded
// to a multiple of eight rows.
typedef struct {
  double *_Nonnull columns;
  int64_t stride;
  int64_t column_count;
  int64_t row_count;
  rk_design_vectors vectors;
} rk_design_block;

// How a quantity's values enter: (value * unit - center) * scale, and 0 where missing.
typedef struct {
  double unit, center, scale;
} rk_standardization;

// Fills the block's columns with standardised `values`, one pointer to the first row of each, and
// writes the sum of the columns times their `factors` to `scores`. Rows that pad are 0.
void rk_design_fill(
    rk_design_block block, const double *_Nonnull const *_Nonnull values,
    const rk_standardization *_Nonnull standardizations, const double *_Nonnull factors,
    double *_Nonnull scores);

// As above, but leaves the block's columns as they are: for sums that are to be had from the values
// again, at half the traffic of the memory.
void rk_design_fill_scores(
    rk_design_block block, const double *_Nonnull const *_Nonnull values,
    const rk_standardization *_Nonnull standardizations, const double *_Nonnull factors,
    double *_Nonnull scores);

// What rk_design_add_weighted_sums does after rk_design_fill, bit by bit, from the values themselves.
void rk_design_add_weighted_sums_of_values(
    rk_design_block block, const double *_Nonnull const *_Nonnull values,
    const rk_standardization *_Nonnull standardizations, const double *_Nonnull factors,
    double *_Nonnull sums);

// Adds the sum over the rows of `factors[row]` times each column to `sums`.
void rk_design_add_weighted_sums(
    rk_design_block block, const double *_Nonnull factors, double *_Nonnull sums);

// Adds the columns times their `factors` to `scores`.
void rk_design_add_products(
    rk_design_block block, const double *_Nonnull factors, double *_Nonnull scores);

// The weighted first and second derivatives of the log loss of `labels` by the score, padded with 0;
// returns the weighted loss. Without `weights` each row weighs 1.
double rk_design_differentiate(
    int64_t row_count, rk_design_vectors vectors, const double *_Nonnull scores,
    const _Bool *_Nonnull labels, const double *_Nullable weights, double *_Nonnull slopes,
    double *_Nonnull curvatures);

// Multiplies each column with its factor and with the square roots of `curvatures`, divided by
// `largest_root`, and rounds to whole numbers. `roots` is room for a column.
void rk_design_round(
    rk_design_block block, const double *_Nonnull factors, const double *_Nonnull curvatures,
    double largest_root, double *_Nonnull roots);

// The largest magnitude of a narrow whole number: sums of its square over 512 rows fit in 32 bits.
enum { RK_DESIGN_NARROW_LARGEST = 2047, RK_DESIGN_NARROW_ROWS = 512, RK_DESIGN_NARROW_PANEL = 16 };

// Adds the products of all pairs of columns, weighted by `curvatures`, to `sums`, but for rounding:
// over each 512 rows a column times the square roots of `curvatures` is rounded to whole numbers of
// which the largest is 2,047. What is then added up is exact.
//
// `sums` has as many rows and columns as there are columns, filled up to a multiple of 16; of row i
// the columns from i on are of use. `roots` is room for a column, `scales` for a number of each filled
// up column, `packed` for the filled up columns of 512 rows.
void rk_design_add_narrow_products(
    rk_design_block block, const double *_Nonnull curvatures, double *_Nonnull roots,
    double *_Nonnull scales, int16_t *_Nonnull packed, double *_Nonnull sums);

// Weighted sums over the values of a column that are not missing.
typedef struct {
  double weight, sum, sum_of_squares, low, high, missing_count, missing_weight;
} rk_moments;

// Sums of `value * unit - center` and of its square; `low` and `high` are of the values themselves.
rk_moments rk_design_moments(
    const double *_Nonnull values, const double *_Nullable weights, int64_t count, double center,
    double unit, rk_design_vectors vectors);

#endif
