// Two hints to the processor that Swift has no words for. Neither changes a result.
#ifndef RETENTIONKIT_PROCESSOR_H
#define RETENTIONKIT_PROCESSOR_H

// Always in line: a call costs more than the hint gains.
#define RK_INLINE static inline __attribute__((always_inline))

// Asks for the cache line at an address, which need not be readable.
RK_INLINE void rk_prefetch_line(const void *address) { __builtin_prefetch(address); }

// Says that this thread is waiting for another.
RK_INLINE void rk_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
