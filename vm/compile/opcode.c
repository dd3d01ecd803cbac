/* opcode.c: the instructions as text (opcode.def), and the number that tells one set of them from another. */
#include "opcode.h"

#include <stddef.h>

const char *const opcode_texts[OP_COUNT][2] = {
#define OP(name, operands, meaning) {#name, operands},
#include "opcode.def"
#undef OP
};

/* Changes when instructions of the same name mean something else. */
#define MEANING 31405

uint32_t opcode_magic(void)
{
    uint32_t hash = UINT32_C(2166136261) ^ MEANING;
    for (size_t i = 0; i < OP_COUNT * 2; i++)
        for (const char *c = opcode_texts[i / 2][i % 2]; *c; c++)
            hash = (hash ^ (uint8_t)*c) * UINT32_C(16777619);
    return hash;
}
