// The operations of the CSV scan that Swift cannot express: a bit per byte that equals one of two
// bytes, and counting them. Everything else is Swift.
#ifndef RETENTIONKIT_BYTE_SCAN_H
#define RETENTIONKIT_BYTE_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// What a block of bytes holds beside plain text.
enum {
  RK_QUOTE = 1,            // a "
  RK_CARRIAGE_RETURN = 2,  // a CR
  RK_UNPLAIN = 4           // a NUL or a byte above 127
};

// What a block of bytes holds, added up over its pieces.
struct rk_tally {
  uint64_t marks;       // bytes that equal a or b
  uint64_t line_feeds;  // bytes that equal b
  uint32_t found;       // see above
};

// Bit i is set where bytes[i] equals a or b, for 64 bytes; what is in them is added to *tally.
static inline uint64_t rk_mask64(
    const uint8_t *bytes, uint8_t a, uint8_t b, struct rk_tally *tally) {
  uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b);
  const __m128i quote = _mm_set1_epi8('"'), cr = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
  __m128i quotes = zero, crs = zero, unplain = zero, marks = zero, lines = zero;
  for (int lane = 0; lane < 4; lane++) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * lane));
    const __m128i line = _mm_cmpeq_epi8(v, vb);
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, va), line);
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * lane);
    // A hit is -1: taking it away counts it, in the byte where it stands.
    marks = _mm_sub_epi8(marks, hit);
    lines = _mm_sub_epi8(lines, line);
    quotes = _mm_or_si128(quotes, _mm_cmpeq_epi8(v, quote));
    crs = _mm_or_si128(crs, _mm_cmpeq_epi8(v, cr));
    unplain = _mm_or_si128(unplain, _mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
  }
  marks = _mm_sad_epu8(marks, zero);
  lines = _mm_sad_epu8(lines, zero);
  tally->marks += (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(marks, _mm_srli_si128(marks, 8)));
  tally->line_feeds += (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(lines, _mm_srli_si128(lines, 8)));
  if (_mm_movemask_epi8(quotes)) tally->found |= RK_QUOTE;
  if (_mm_movemask_epi8(crs)) tally->found |= RK_CARRIAGE_RETURN;
  if (_mm_movemask_epi8(unplain)) tally->found |= RK_UNPLAIN;
#else
  for (int i = 0; i < 64; i++) {
    const uint8_t c = bytes[i];
    mask |= (uint64_t)(c == a || c == b) << i;
    tally->marks += c == a || c == b;
    tally->line_feeds += c == b;
    if (c == '"') tally->found |= RK_QUOTE;
    if (c == '\r') tally->found |= RK_CARRIAGE_RETURN;
    if (c == 0 || c > 127) tally->found |= RK_UNPLAIN;
  }
#endif
  return mask;
}

// The first 16 bytes of a text as two words.
struct rk_words {
  uint64_t low, high;
};

// The first 16 bytes of a text of `count` bytes, with zeros for those that it has not; 16 bytes can be
// read from its start. A mask is loaded in place of a guess: texts shorter and longer than 8 bytes
// take turns in a column of words, and no guess is right then.
static inline struct rk_words rk_first16(const uint8_t *text, uint64_t count) {
  static const uint8_t window[32] = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0};
  const uint8_t *mask = window + 16 - (count < 16 ? count : 16);
  struct rk_words words, masks;
  memcpy(&words, text, 16);
  memcpy(&masks, mask, 16);
  words.low &= masks.low;
  words.high &= masks.high;
  return words;
}

#endif
