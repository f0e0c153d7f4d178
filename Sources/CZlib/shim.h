// zlib, for gzip. Its two starting routines are macros, which Swift does not see.
#pragma once
#include <zlib.h>

// Prepares to decompress gzip members, headers and checksums included.
static inline int retain_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 16 + MAX_WBITS);
}
