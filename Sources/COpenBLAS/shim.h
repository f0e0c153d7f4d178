// OpenBLAS, with the three LAPACK routines that the Newton solver needs. Debian's package has the
// routines but no C header for them, so they are declared here as Fortran exports them.
#pragma once
#include <cblas.h>

void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotrs_(
    const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
    const int *ldb, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
