// The two operations of the CSV scan that Swift cannot express: a bit per byte that equals one of
// two bytes, and a hint that memory will be wanted. Everything else is Swift.
#ifndef RETENTIONKIT_BYTE_SCAN_H
#define RETENTIONKIT_BYTE_SCAN_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// What a block of bytes holds beside plain text.
enum {
  RK_QUOTE = 1,            // a "
  RK_CARRIAGE_RETURN = 2,  // a CR
  RK_UNPLAIN = 4           // a NUL or a byte above 127
};

// Bit i is set where bytes[i] equals a or b, for 64 bytes; what else is in them is added to *found.
static inline uint64_t rk_mask64(
    const uint8_t *bytes, uint8_t a, uint8_t b, uint32_t *found) {
  uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b);
  const __m128i quote = _mm_set1_epi8('"'), cr = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
  __m128i quotes = zero, crs = zero, unplain = zero;
  for (int lane = 0; lane < 4; lane++) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * lane));
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * lane);
    quotes = _mm_or_si128(quotes, _mm_cmpeq_epi8(v, quote));
    crs = _mm_or_si128(crs, _mm_cmpeq_epi8(v, cr));
    unplain = _mm_or_si128(unplain, _mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
  }
  if (_mm_movemask_epi8(quotes)) *found |= RK_QUOTE;
  if (_mm_movemask_epi8(crs)) *found |= RK_CARRIAGE_RETURN;
  if (_mm_movemask_epi8(unplain)) *found |= RK_UNPLAIN;
#else
  for (int i = 0; i < 64; i++) {
    const uint8_t c = bytes[i];
    mask |= (uint64_t)(c == a || c == b) << i;
    if (c == '"') *found |= RK_QUOTE;
    if (c == '\r') *found |= RK_CARRIAGE_RETURN;
    if (c == 0 || c > 127) *found |= RK_UNPLAIN;
  }
#endif
  return mask;
}

// Asks for the cache line at an address, which need not be readable.
static inline void rk_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
