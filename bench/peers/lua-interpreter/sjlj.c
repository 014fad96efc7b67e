/*
 * setjmp and longjmp over Wasm exceptions: what code compiled with -wasm-enable-sjlj calls, as in LLVM's
 * llvm/lib/Target/WebAssembly/WebAssemblyLowerEmscriptenEHSjLj.cpp. The C library that comes with zig lacks it.
 */
#include <stdint.h>

struct buffer {
  void *invocation;
  uint32_t label;
  struct {
    void *buffer;
    int value;
  } thrown;
};

void __wasm_setjmp(struct buffer *buffer, uint32_t label, void *invocation) {
  buffer->invocation = invocation;
  buffer->label = label;
}

/* Which setjmp of this invocation the exception is for; 0: one of a caller's. */
uint32_t __wasm_setjmp_test(struct buffer *buffer, void *invocation) {
  return buffer->invocation == invocation ? buffer->label : 0;
}

void __wasm_longjmp(struct buffer *buffer, int value) {
  buffer->thrown.buffer = buffer;
  buffer->thrown.value = value == 0 ? 1 : value;
  __builtin_wasm_throw(1, &buffer->thrown); /* 1: the tag __c_longjmp */
}
