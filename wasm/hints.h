/* hints.h: LIKELY and UNLIKELY that reach the browser; included before the files for which WASM_HINTS is defined (compat.h).
 *
 * The unlikely side begins with a call of seldom(), which tune.mjs turns into a hint about the branch that leads there.  It is assembly, which keeps its place and touches no memory. */
#ifndef BATON_WASM_HINTS_H
#define BATON_WASM_HINTS_H

void seldom(void);
static
    __attribute__((used)) void (*const wasm_seldom_type)(void) = seldom; /* so that the compiler writes down its type */

static inline __attribute__((always_inline)) int wasm_seldom(int answer)
{
    __asm__ volatile("call seldom");
    return answer;
}
#define __builtin_expect(x, v)                                                                                         \
    ((v) ? __builtin_expect(x, 1) || wasm_seldom(0) : __builtin_expect(x, 0) && wasm_seldom(1))

#endif
