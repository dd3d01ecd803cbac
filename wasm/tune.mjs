/* tune.mjs: rewrites the linked program for the compilers of browsers:  node tune.mjs FILE.wasm
 *
 * Hints: which branches are seldom taken.  C says it by LIKELY and UNLIKELY, but this compiler does not pass it on.  So those leave a call of seldom() at the beginning of the
 * unlikely side (hints.h); here each call is taken out, and the branch that leads to it is named in the section metadata.code.branch_hint.  A browser then saves registers on
 * the unlikely side alone, which is most of what the eval loop gains.  Without the section the program is the same.
 *
 * Indirect calls: V8 puts the functions that a place has called so far in place of the indirect call, and throws the optimised code of the whole function away when another
 * one is called there.  The eval loop lost its code so in nearly every program, and ran unoptimised until it was compiled once more.  So all indirect calls of one type are
 * made in one place, a function of their own: that place has called too many functions for a guess before anything is optimised.
 *
 * Calls: V8 puts small functions in place of calls that are often made.  The eval loop lives in few registers and loses them to what is put there.  So what it calls is made too
 * long for that, by instructions that do nothing and that no compiler keeps; not what releases references, which it calls everywhere: that pays (4 % of time between them). */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2];
const bytes = readFileSync(file);
const SECTION_CUSTOM = 0, SECTION_TYPE = 1, SECTION_IMPORT = 2, SECTION_FUNCTION = 3, SECTION_CODE = 10;
const LEAVING = new Set([0x00, 0x0c, 0x0e, 0x0f]); // unreachable, br, br_table, return
const OP = { block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, call: 0x10, callIndirect: 0x11, localGet: 0x20 };
const TYPE_FUNCTION = 0x60, TYPE_I32 = 0x7f, NOP = 0x01;
/** Bytes of the longest function that V8 puts in place of a call (--wasm-inlining-max-size), and from how many places the eval loop calls what shall be put there. */
const INLINED_MAX = 500, EVERYWHERE = 100;

let at = 0;
function u32() {
  let value = 0, shift = 0, byte;
  do {
    byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    shift += 7;
  } while (byte & 128);
  return value;
}
const skipNumber = () => {
  while (bytes[at++] & 128);
};
function text() {
  const length = u32();
  return bytes.toString('utf8', at, (at += length));
}
function number(value) {
  const out = [];
  do {
    out.push((value & 127) | (value > 127 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value);
  return Buffer.from(out);
}

/** Passes over what follows an opcode that is not a branch, a block or a call. @param {number} op */
function skipOperands(op) {
  if ((op >= 0x20 && op <= 0x26) || op === 0x41 || op === 0x42 || op === 0xd2 || op === 0x3f || op === 0x40) skipNumber();
  else if (op >= 0x28 && op <= 0x3e) {
    skipNumber();
    skipNumber();
  } else if (op === 0x43) at += 4;
  else if (op === 0x44) at += 8;
  else if (op === 0xfc) {
    const which = u32();
    if (which === 8 || which === 10 || which === 12 || which === 14) {
      skipNumber();
      skipNumber();
    } else if (which > 7) skipNumber();
  } else if (op === 0xfe) {
    if (u32() === 3) at++;
    else {
      skipNumber();
      skipNumber();
    }
  } else if (!(op <= 0x01 || op === 0x0f || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4))) throw new Error(`${file}: opcode ${op.toString(16)} at ${at}`);
}

/** A function's body without the calls of `seldom` and with `direct(type)` called for each indirect call, [where in it, likely] for each branch, and from how many places it calls what.
 * @param {number} end @param {number} seldom @param {(type: number) => number} direct */
function rewrite(end, seldom, direct) {
  const start = at, pieces = [], hints = new Map(), calls = new Map(), open = [];
  for (let groups = u32(); groups > 0; groups--) {
    skipNumber();
    at++;
  }
  let kept = start, removed = 0, before = { op: 0, at: 0, block: undefined };
  while (at < end) {
    const here = at - start - removed, from = at, op = bytes[at++];
    const now = { op, at: here, block: undefined };
    switch (op) {
      case OP.block: case OP.loop: case OP.if:
        skipNumber();
        open.push({ op, at: here, branches: [], after: undefined }); // after: the hint where what is unlikely comes after the block, as one side of it leaves
        break;
      case OP.else: {
        const block = open[open.length - 1];
        now.at = block.at;
        if (LEAVING.has(before.op)) block.after = 1;
        block.op = OP.else;
        break;
      }
      case OP.end:
        now.block = open.pop();
        if (LEAVING.has(before.op) && (now.block?.op === OP.if || now.block?.op === OP.else)) now.block.after = now.block.op === OP.if ? 1 : 0;
        break;
      case OP.br: skipNumber(); break;
      case OP.brIf: {
        const block = open[open.length - 1 - u32()];
        if (block && block.op !== OP.loop) block.branches.push(here);
        break;
      }
      case OP.brTable:
        for (let count = u32() + 1; count > 0; count--) skipNumber();
        break;
      case OP.call: {
        const callee = u32();
        if (callee === seldom) {
          if (before.op === OP.if) hints.set(before.at, 0);
          else if (before.op === OP.else || before.op === OP.brIf) hints.set(before.at, 1);
          else if (before.op === OP.end && before.block) {
            if (before.block.after !== undefined) hints.set(before.block.at, before.block.after);
            for (const branch of before.block.branches) hints.set(branch, 0);
          }
          pieces.push(bytes.subarray(kept, from));
          removed += at - from;
          kept = at;
          continue; // what comes before it is also before the next
        }
        calls.set(callee, (calls.get(callee) ?? 0) + 1);
        break;
      }
      case OP.callIndirect: {
        const call = Buffer.concat([Buffer.from([OP.call]), number(direct(u32()))]);
        skipNumber(); // the table: there is one
        pieces.push(bytes.subarray(kept, from), call);
        removed += at - from - call.length;
        kept = at;
        break;
      }
      default: skipOperands(op);
    }
    before = now;
  }
  pieces.push(bytes.subarray(kept, end));
  return { body: Buffer.concat(pieces), hints, calls };
}

/** What a section has: a vector of `count` things. @param {number} count @param {Buffer[]} things */
const vector = (count, things) => Buffer.concat([number(count), ...things]);
/** A section. @param {number} id @param {Buffer} content */
const section = (id, content) => Buffer.concat([Buffer.from([id]), number(content.length), content]);

/** The sections by their number; those before the code are written again behind it, with the functions that were added. @type {{id: number, all: Buffer, content: Buffer}[]} */
const sections = [];
/** The parameters and results of each type, as they are written. @type {{parameters: Buffer, results: Buffer}[]} */
const types = [];
let functions = 0, imported = 0, seldom = -1, count = 0;

/** Types and numbers of the functions that make indirect calls, by the type that they call. @type {Map<number, number>} */
const callers = new Map();
function callerOf(type) {
  let caller = callers.get(type);
  if (caller === undefined) callers.set(type, (caller = functions + callers.size));
  return caller;
}
/** The body of one: its parameters, of which the last is the place in the table, are passed on. @param {number} type */
function callerBody(type) {
  const all = types[type].parameters.length + 1;
  const parameters = Array.from({ length: all }, (_, i) => Buffer.concat([Buffer.from([OP.localGet]), number(i)]));
  const body = Buffer.concat([number(0), ...parameters, Buffer.from([OP.callIndirect]), number(type), number(0), Buffer.from([OP.end])]);
  return Buffer.concat([number(body.length), body]);
}
/** A body as long as none that is put in place of a call. @param {Buffer} body */
function lengthened(body) {
  const end = body.length - 1;
  return Buffer.concat([body.subarray(0, end), Buffer.alloc(Math.max(0, INLINED_MAX + 1 - body.length), NOP), body.subarray(end)]);
}
function codeSection() {
  const bodies = [], entries = [], total = u32();
  const written = Array.from({ length: total }, () => {
    const length = u32();
    return rewrite(at + length, seldom, callerOf);
  });
  const evalLoop = written.reduce((longest, one) => (one.body.length > longest.body.length ? one : longest));
  for (const [callee, places] of evalLoop.calls)
    if (callee >= imported && callee < functions && places < EVERYWHERE) written[callee - imported].body = lengthened(written[callee - imported].body);
  for (let i = 0; i < total; i++) {
    const { body, hints } = written[i];
    bodies.push(number(body.length), body);
    count += hints.size;
    if (hints.size)
      entries.push(Buffer.concat([number(imported + i), number(hints.size), ...[...hints].sort((a, b) => a[0] - b[0]).map(([where, likely]) => Buffer.concat([number(where), Buffer.from([1, likely])]))]));
  }
  const name = 'metadata.code.branch_hint';
  const hinted = Buffer.concat([number(name.length), Buffer.from(name), vector(entries.length, entries)]);
  return Buffer.concat([section(SECTION_CUSTOM, hinted), section(SECTION_CODE, vector(total + callers.size, [...bodies, ...[...callers.keys()].map(callerBody)]))]);
}

at = 8;
while (at < bytes.length) {
  const from = at, id = bytes[at++], size = u32(), begin = at, end = at + size;
  if (id === SECTION_TYPE) {
    for (let n = u32(); n > 0; n--) {
      if (bytes[at++] !== TYPE_FUNCTION) throw new Error(`${file}: a type at ${at - 1} is not a function's`);
      const read = () => {
        const length = u32();
        return bytes.subarray(at, (at += length));
      };
      types.push({ parameters: read(), results: read() });
    }
  } else if (id === SECTION_IMPORT) {
    for (let n = u32(); n > 0; n--) {
      text();
      const name = text(), kind = bytes[at++];
      if (kind === 0) {
        if (name === 'seldom') seldom = imported;
        imported++;
        skipNumber();
      } else if (kind === 1 || kind === 2) {
        if (kind === 1) at++;
        const limits = bytes[at++];
        skipNumber();
        if (limits & 1) skipNumber();
      } else at += 2;
    }
  } else if (id === SECTION_FUNCTION) {
    functions = imported + u32();
    sections.push({ id, all: bytes.subarray(from, end), content: bytes.subarray(at, end) });
    at = end;
    continue;
  }
  sections.push({ id, all: id === SECTION_CODE ? codeSection(end) : bytes.subarray(from, end), content: bytes.subarray(begin, end) });
  at = end;
}
const written = [bytes.subarray(0, 8)];
for (const { id, all, content } of sections) {
  if (id === SECTION_TYPE) {
    const added = [...callers.keys()].map((type) => ({ parameters: Buffer.concat([types[type].parameters, Buffer.from([TYPE_I32])]), results: types[type].results }));
    const every = [...types, ...added];
    written.push(section(id, vector(every.length, every.map(({ parameters, results }) =>
      Buffer.concat([Buffer.from([TYPE_FUNCTION]), vector(parameters.length, [parameters]), vector(results.length, [results])])))));
  } else if (id === SECTION_FUNCTION) {
    const added = Array.from({ length: callers.size }, (_, i) => number(types.length + i));
    written.push(section(id, Buffer.concat([number(functions - imported + callers.size), content, ...added])));
  } else written.push(all);
}
writeFileSync(file, Buffer.concat(written));
console.log(`${count} branches have hints; indirect calls of ${callers.size} types`);
