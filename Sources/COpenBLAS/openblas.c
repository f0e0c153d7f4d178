#include "openblas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const char *const core_variable = "OPENBLAS_CORETYPE";
static const char *const threads_variable = "OPENBLAS_NUM_THREADS";

static void *opened(void) {
  // Debian and Fedora name the library by its interface; elsewhere only the plain name is there.
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library) return library;
  }
  return NULL;
}

static void ask(void *library, const char *function, char *answer, size_t size) {
  char *(*asked)(void) = (char *(*)(void))dlsym(library, function);
  const char *text = asked ? asked() : NULL;
  answer[0] = 0;
  if (text) strncat(answer, text, size - 1);
}

// Whether the processor has the wide vectors that the library's name for its kernels lacks. A
// library that is older than a processor falls back to kernels of half the width.
static int is_core_narrow(const char *core) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int is_wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
  static const char *const narrow[] = {"Prescott", "Nehalem",  "Sandybridge", "Haswell",
                                       "Zen",      "Barcelona", "Excavator"};
  for (size_t i = 0; is_wide && i < sizeof narrow / sizeof *narrow; i++)
    if (strcmp(core, narrow[i]) == 0) return 1;
#endif
  return 0;
}

rk_openblas rk_openblas_load(void) {
  rk_openblas result = {0};
  // The library reads its variables while it is loaded. With one thread it starts none, and takes
  // no memory for them: those who call it share out the work themselves.
  char *threads = getenv(threads_variable) ? strdup(getenv(threads_variable)) : NULL;
  setenv(threads_variable, "1", 1);
  void *library = opened();
  if (library) {
    ask(library, "openblas_get_corename", result.core, sizeof result.core);
    // Whoever has named the kernels is to have them.
    if (!getenv(core_variable) && is_core_narrow(result.core)) {
      dlclose(library);
      setenv(core_variable, "SkylakeX", 1);
      library = opened();
      unsetenv(core_variable);
      result.is_core_ours = 1;
    }
  }
  if (threads) setenv(threads_variable, threads, 1);
  else unsetenv(threads_variable);
  free(threads);
  if (!library) return (rk_openblas){0};
  ask(library, "openblas_get_corename", result.core, sizeof result.core);
  ask(library, "openblas_get_config", result.config, sizeof result.config);
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  result.dsyrk = (rk_dsyrk)dlsym(library, "cblas_dsyrk");
  return result;
}
