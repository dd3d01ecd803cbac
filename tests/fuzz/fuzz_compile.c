/* fuzz_compile: any bytes as source text: lexer, parser, symbol table, compiler, and in this checking build the checks of the code that comes out.
 * The first byte chooses what is parsed: a file, an expression or a line of the prompt. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const ParseMode modes[] = {PARSE_FILE, PARSE_EVAL, PARSE_SINGLE};
    Thread *t = fuzz_thread();
    ParseMode mode = PARSE_FILE;
    if (n && data[0] >= 1 && data[0] <= 2) { /* text seldom begins so: what is seeded is a file */
        mode = modes[data[0]];
        data++;
        n--;
    }
    Value code = fuzz_compile(t, data, n, mode);
    ref_dec(t, code);
    fuzz_settle(t);
    return 0;
}
