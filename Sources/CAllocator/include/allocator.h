// What the C library's allocator can be asked, and Swift has no words for.
#ifndef RETENTIONKIT_ALLOCATOR_H
#define RETENTIONKIT_ALLOCATOR_H

#if defined(__linux__)
#include <malloc.h>
#endif

// Gives freed memory that the allocator keeps for later back to the system, where it is glibc's.
static inline void rk_give_back_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

#endif
