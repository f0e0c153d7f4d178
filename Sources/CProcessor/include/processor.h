// Two hints to the processor that Swift has no words for. Neither changes a result.
#ifndef RETENTIONKIT_PROCESSOR_H
#define RETENTIONKIT_PROCESSOR_H

// Asks for the cache line at an address, which need not be readable.
static inline void rk_prefetch_line(const void *address) { __builtin_prefetch(address); }

// Says that this thread is waiting for another.
static inline void rk_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
