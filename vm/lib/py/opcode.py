"""Names and properties of Baton's instructions, in the form of CPython's module opcode."""

import _opcode

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap", "HAVE_ARGUMENT", "EXTENDED_ARG", "hasarg", "hasconst", "hasname",
           "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

#: Instruction names by number, and numbers by name.
opname = list(_opcode.names)
opmap = {name: number for number, name in enumerate(opname)}
#: The letters of each instruction's three operands, as declared in opcode.def.
operands = list(_opcode.operands)

cmp_op = ("<", "<=", "==", "!=", ">", ">=")
HAVE_ARGUMENT = 0
EXTENDED_ARG = opmap["WIDE"]

hasarg = [op for op, kinds in enumerate(operands) if kinds != "---"]
hasconst = [op for op, kinds in enumerate(operands) if "k" in kinds]
hasname = [op for op, kinds in enumerate(operands) if "s" in kinds]
hasjump = hasjrel = [op for op, kinds in enumerate(operands) if "j" in kinds or "J" in kinds and opname[op] != "LOAD_INT"]
hasjabs = []
hasfree = [op for op, kinds in enumerate(operands) if "f" in kinds]
haslocal = [op for op, kinds in enumerate(operands) if set("wrpR") & set(kinds)]
hasexc = []
hascompare = [op for op, name in enumerate(opname) if name in ("LT", "LE", "EQ", "NE", "GT", "GE")]


def stack_effect(opcode, oparg=None, /, *, jump=None):
    """Registers are not a stack: every instruction leaves its height as it is."""
    if not 0 <= opcode < len(opname):
        raise ValueError("invalid opcode or oparg")
    return 0
