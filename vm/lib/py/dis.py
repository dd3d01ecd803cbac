"""Disassembler of Baton's register code, with the interface of CPython's module dis.

An instruction is a 64-bit word: an opcode and three operands.  Registers are shown by the variable's name, temporaries as t0, t1 ...; what
an operand is tells opcode.def."""

import collections
import io
import sys
import types

import opcode
from opcode import *
from opcode import __all__ as _opcode_all, operands as _operands

__all__ = ["code_info", "dis", "disassemble", "distb", "disco", "findlinestarts", "findlabels", "show_code", "get_instructions",
           "Instruction", "Bytecode"] + _opcode_all
del _opcode_all

_have_code = (types.MethodType, types.FunctionType, types.CodeType, classmethod, staticmethod, type)

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED", 2: "NEWLOCALS", 4: "VARARGS", 8: "VARKEYWORDS", 16: "NESTED", 32: "GENERATOR", 64: "NOFREE", 128: "COROUTINE",
    256: "ITERABLE_COROUTINE", 512: "ASYNC_GENERATOR", 0x4000000: "HAS_DOCSTRING", 0x8000000: "METHOD",
}


def pretty_flags(flags):
    """The names of the flags in co_flags."""
    names = []
    for bit in range(32):
        flag = 1 << bit
        if flags & flag:
            names.append(COMPILER_FLAG_NAMES.get(flag, hex(flag)))
            flags ^= flag
            if not flags:
                break
    return ", ".join(names) or "0x0"


def _try_compile(source, name):
    try:
        return compile(source, name, "eval")
    except SyntaxError:
        return compile(source, name, "exec")


def _get_code_object(x):
    while hasattr(x, "__func__"):
        x = x.__func__
    for attribute in ("__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
            break
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, "co_code"):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def code_info(x):
    """A summary of a code object, function, class member or source text."""
    co = _get_code_object(x)
    lines = [f"Name:              {co.co_name}", f"Filename:          {co.co_filename}", f"Argument count:    {co.co_argcount}",
             f"Positional-only arguments: {co.co_posonlyargcount}", f"Kw-only arguments: {co.co_kwonlyargcount}",
             f"Number of locals:  {co.co_nlocals}", f"Stack size:        {co.co_stacksize}",
             f"Flags:             {pretty_flags(co.co_flags)}"]
    for title, values in (("Constants", [repr(c) for c in co.co_consts]), ("Names", co.co_names), ("Variable names", co.co_varnames),
                          ("Free variables", co.co_freevars), ("Cell variables", co.co_cellvars)):
        if values:
            lines.append(f"{title}:")
            lines.extend(f"{i:>4}: {v}" for i, v in enumerate(values))
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Prints what code_info() tells."""
    print(code_info(co), file=file)


Positions = collections.namedtuple("Positions", ["lineno", "end_lineno", "col_offset", "end_col_offset"], defaults=[None] * 4)

_Instruction = collections.namedtuple(
    "_Instruction", ["opname", "opcode", "arg", "argval", "argrepr", "offset", "start_offset", "starts_line", "line_number", "label",
                     "positions", "cache_info"], defaults=[None, None, None])


class Instruction(_Instruction):
    """One instruction: name, number, operands (arg: a tuple of three), what they stand for (argval, argrepr), and its place."""

    @property
    def oparg(self):
        return self.arg

    @property
    def baseopcode(self):
        return self.opcode

    @property
    def baseopname(self):
        return self.opname

    @property
    def is_jump_target(self):
        return self.label is not None

    @property
    def jump_target(self):
        return self.argval if self.opcode in hasjump else None

    def __str__(self):
        return f"{self.opname:<22} {self.argrepr}".rstrip()


def _words(code):
    """(index, opcode, (a, b, c), bc) of each instruction; WIDE prefixes are folded into the instruction that they belong to."""
    high, start = None, None
    for index in range(0, len(code), 8):
        word = int.from_bytes(code[index:index + 8], "little")
        op = word & 0xFFFF
        fields = [(word >> shift) & 0xFFFF for shift in (16, 32, 48)]
        bc = word >> 32
        if op == EXTENDED_ARG:
            high, start = fields, index
            continue
        if high is not None:
            numbers = [(h << 16 | f) for h, f in zip(high, fields)]
            numbers = [n - (1 << 32) if n & (1 << 31) else n for n in numbers]
        else:
            numbers = [n - (1 << 16) if n & (1 << 15) else n for n in fields]
        bc = bc - (1 << 32) if bc & (1 << 31) else bc
        yield index // 8, (index if start is None else start) // 8, op, tuple(numbers), bc
        high = start = None


def _operand(co, kind, number, locals_):
    if kind in "wrpR":
        return (locals_[number] or f"l{number}") if number < len(locals_) else f"t{number - len(locals_)}"
    if kind == "k":
        value = co.co_consts[number]
        return f"<code {value.co_name}>" if hasattr(value, "co_code") else repr(value)
    if kind == "f":
        return co.co_freevars[number] if number < len(co.co_freevars) else str(number)
    if kind == "s":
        return co._name_from_oparg(number)
    return str(number)


def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False, current_offset=None):
    """Iterates over the instructions of a function, method, code object or source text."""
    co = _get_code_object(x)
    locals_ = []
    while True:
        try:
            locals_.append(co._varname_from_oparg(len(locals_)))
        except IndexError:
            break
    shift = 0 if first_line is None else first_line - co.co_firstlineno
    positions = list(co.co_positions())
    targets = {}
    words = list(_words(co.co_code))
    for index, _, op, numbers, bc in words:
        if op in hasjump:
            targets.setdefault(index + 1 + (bc if "J" in _operands[op] else numbers[2]), None)
    for number, target in enumerate(sorted(targets), 1):
        targets[target] = number
    last_line = None
    for index, start, op, numbers, bc in words:
        kinds, texts, value = _operands[op], [], numbers
        for kind, number in zip(kinds, numbers):
            if kind == "J":
                if op in hasjump:
                    value = index + 1 + bc
                    texts.append(f"to L{targets[value]}")
                else:
                    texts.append(str(bc))
                break
            if kind == "j":
                value = index + 1 + number
                texts.append(f"to L{targets[value]}")
            elif kind != "-":
                texts.append(_operand(co, kind, number, locals_))
                if kind == "s":
                    value = texts[-1]
                elif kind == "k":
                    value = co.co_consts[number]
        place = Positions(*positions[index])
        line = place.lineno if place.lineno is None else place.lineno + shift
        yield Instruction(opname[op], op, numbers, value, ", ".join(texts), 2 * index, 2 * start, line != last_line, line,
                          targets.get(start), place, None)
        last_line = line


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Prints the instructions of a code object, with an arrow at lasti."""
    for instruction in get_instructions(co):
        line = str(instruction.line_number or "--") if instruction.starts_line else ""
        if instruction.starts_line and instruction.offset:
            print(file=file)
        label = f"L{instruction.label}:" if instruction.label else ""
        arrow = "-->" if instruction.offset == lasti else "   "
        offset = f"{instruction.offset:>6} " if show_offsets else ""
        print(f"{line:>4} {arrow} {label:>5} {offset}{instruction}", file=file)
    handlers, *numbers = memoryview(co.co_exceptiontable).cast("I")
    if handlers:
        print("ExceptionTable:", file=file)
        for at in range(0, 4 * handlers, 4):
            start, end, target, depth = numbers[at:at + 4]
            print(f"  {2 * start} to {2 * end} -> {2 * target} [{depth}]", file=file)


disco = disassemble


def _disassemble_recursive(co, *, file=None, depth=None, **options):
    disassemble(co, file=file, **options)
    if depth is None or depth > 0:
        for x in co.co_consts:
            if hasattr(x, "co_code"):
                print(file=file)
                print(f"Disassembly of {x!r}:", file=file)
                _disassemble_recursive(x, file=file, depth=None if depth is None else depth - 1, **options)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Disassembles classes, methods, functions, generators, code objects and source text; without an argument, the last traceback."""
    options = {"show_offsets": show_offsets}
    if x is None:
        distb(file=file)
        return
    for attribute in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
    if hasattr(x, "__dict__") and not hasattr(x, "co_code"):
        for name, member in sorted(x.__dict__.items()):
            if isinstance(member, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(member, file=file, depth=depth, **options)
                except TypeError as message:
                    print("Sorry:", message, file=file)
                print(file=file)
    elif hasattr(x, "co_code"):
        _disassemble_recursive(x, file=file, depth=depth, **options)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, "<dis>"), file=file, depth=depth, **options)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Disassembles the function where a traceback ends."""
    if tb is None:
        try:
            tb = sys.last_exc.__traceback__ if hasattr(sys, "last_exc") else sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
        while tb.tb_next:
            tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, show_offsets=show_offsets)


def findlabels(code):
    """Offsets that the instructions in a bytes object jump to."""
    labels = []
    for index, _, op, numbers, bc in _words(code):
        if op in hasjump:
            target = 2 * (index + 1 + (bc if "J" in _operands[op] else numbers[2]))
            if target not in labels:
                labels.append(target)
    return labels


def findlinestarts(code):
    """(offset, line) where lines begin."""
    last = False
    for start, _, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


def _find_imports(co):
    """(name, level, names or None) of each import statement (modulefinder)."""
    loaded = {}
    for i in get_instructions(co):
        if i.opname == "LOAD_INT":
            loaded[i.arg[0]] = i.arg[1]
        elif i.opname == "LOAD_CONST":
            loaded[i.arg[0]] = i.argval
        elif i.opname == "IMPORT_NAME":
            yield i.argval, loaded[i.arg[1]], loaded[i.arg[1] + 1]


def _find_store_names(co):
    """The names of globals that code assigns, each once (modulefinder)."""
    names = dict.fromkeys(i.argval for i in get_instructions(co) if i.opname in ("STORE_NAME", "STORE_GLOBAL"))
    return iter(names)


class Bytecode:
    """The instructions of an object as an iterable, with the text of dis() as dis()."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False, show_offsets=False,
                 show_positions=False):
        self.codeobj = _get_code_object(x)
        self.first_line = self.codeobj.co_firstlineno if first_line is None else first_line
        self.current_offset = current_offset
        self._original_object = x
        self._show_offsets = show_offsets

    def __iter__(self):
        return get_instructions(self.codeobj, first_line=self.first_line)

    def __repr__(self):
        return "{}({!r})".format(self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The code where a traceback ends."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti)

    def info(self):
        """What code_info() tells."""
        return code_info(self.codeobj)

    def dis(self):
        """The text that dis() prints."""
        with io.StringIO() as output:
            disassemble(self.codeobj, -1 if self.current_offset is None else self.current_offset, file=output,
                        show_offsets=self._show_offsets)
            return output.getvalue()


def main(args=None):
    """python -m dis [file]"""
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("-O", "--show-offsets", action="store_true", help="show instruction offsets")
    parser.add_argument("infile", nargs="?", default="-")
    options = parser.parse_args(args=args)
    if options.infile == "-":
        name, source = "<stdin>", sys.stdin.buffer.read()
    else:
        name = options.infile
        with open(name, "rb") as file:
            source = file.read()
    dis(compile(source, name, "exec"), show_offsets=options.show_offsets)


if __name__ == "__main__":
    main()
