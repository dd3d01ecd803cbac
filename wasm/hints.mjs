/* hints.mjs: tells browsers which branches are seldom taken:  node hints.mjs FILE.wasm
 *
 * C says it by LIKELY and UNLIKELY, but this compiler does not pass it on.  So those leave a call of seldom() at the beginning of the unlikely side (hints.h); here each call
 * is taken out, and the branch that leads to it is named in the section metadata.code.branch_hint.  A browser then saves registers on the unlikely side alone, which is
 * most of what the eval loop gains.  Without the section the program is the same. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2];
const bytes = readFileSync(file);
const SECTION_IMPORT = 2, SECTION_CODE = 10, SECTION_CUSTOM = 0;
const LEAVING = new Set([0x00, 0x0c, 0x0e, 0x0f]); // unreachable, br, br_table, return
const OP = { block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, call: 0x10 };

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
  if (op === 0x11 || op === 0xfc00) {
    skipNumber();
    skipNumber();
  } else if ((op >= 0x20 && op <= 0x26) || op === 0x41 || op === 0x42 || op === 0xd2 || op === 0x3f || op === 0x40) skipNumber();
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

/** A function's body without the calls of `seldom`, and [where in it, likely] for each branch. @param {number} end @param {number} seldom */
function rewrite(end, seldom) {
  const start = at, pieces = [], hints = new Map(), open = [];
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
      case OP.call:
        if (u32() === seldom) {
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
        break;
      default: skipOperands(op);
    }
    before = now;
  }
  pieces.push(bytes.subarray(kept, end));
  return { body: Buffer.concat(pieces), hints };
}

const sections = [bytes.subarray(0, 8)];
let functions = 0, seldom = -1, count = 0;
at = 8;
while (at < bytes.length) {
  const from = at, id = bytes[at++], size = u32(), end = at + size;
  if (id === SECTION_IMPORT) {
    for (let n = u32(); n > 0; n--) {
      text();
      const name = text(), kind = bytes[at++];
      if (kind === 0) {
        if (name === 'seldom') seldom = functions;
        functions++;
        skipNumber();
      } else if (kind === 1 || kind === 2) {
        if (kind === 1) at++;
        const limits = bytes[at++];
        skipNumber();
        if (limits & 1) skipNumber();
      } else at += 2;
    }
  } else if (id === SECTION_CODE && seldom >= 0) {
    const bodies = [], entries = [], total = u32();
    for (let i = 0; i < total; i++) {
      const length = u32(), { body, hints } = rewrite(at + length, seldom);
      bodies.push(number(body.length), body);
      count += hints.size;
      if (hints.size)
        entries.push(number(functions + i), number(hints.size), ...[...hints].sort((a, b) => a[0] - b[0]).map(([where, likely]) => Buffer.concat([number(where), Buffer.from([1, likely])])));
      if (hints.size) entries.count = (entries.count ?? 0) + 1;
    }
    const name = 'metadata.code.branch_hint', hinted = Buffer.concat([number(name.length), Buffer.from(name), number(entries.count ?? 0), ...entries]);
    const code = Buffer.concat([number(total), ...bodies]);
    sections.push(Buffer.from([SECTION_CUSTOM]), number(hinted.length), hinted, Buffer.from([SECTION_CODE]), number(code.length), code);
    at = end;
    continue;
  }
  sections.push(bytes.subarray(from, end));
  at = end;
}
writeFileSync(file, Buffer.concat(sections));
console.log(`${count} branches have hints`);
