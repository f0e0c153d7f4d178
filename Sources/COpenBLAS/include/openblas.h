// OpenBLAS, loaded when it is first needed rather than when the program starts: most commands need
// none of it, it takes milliseconds and memory of its own, and how it is loaded decides which of
// its kernels it uses.
#ifndef RETENTIONKIT_OPENBLAS_H
#define RETENTIONKIT_OPENBLAS_H

// `sum += alpha * transpose(rows) * rows` and the like; see `cblas_dsyrk` of the reference BLAS.
typedef void (*rk_dsyrk)(
    int layout, int triangle, int transposition, int order, int depth, double alpha,
    const double *_Nonnull matrix, int matrix_stride, double beta, double *_Nonnull sum,
    int sum_stride);

typedef struct {
  // Null where the library was not found.
  rk_dsyrk _Nullable dsyrk;
  // The library's own words for its version and the kernels that it uses; empty without it.
  char config[256];
  char core[32];
  // Whether the kernels were chosen here, because the library knows too little of the processor.
  int is_core_ours;
} rk_openblas;

// Loads the library, held to one thread. To be called once.
rk_openblas rk_openblas_load(void);

// The values that the reference BLAS gives to these words.
enum { rk_column_major = 102, rk_transposed = 112, rk_lower = 122 };

#endif
