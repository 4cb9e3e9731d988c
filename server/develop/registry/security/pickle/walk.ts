import type { ByteSource } from "../../onnx/protobuf.ts";
import { readArgument } from "./arguments.ts";
import { BrokenPickle, Cursor } from "./cursor.ts";
import { passArray } from "./joblib-array.ts";
import { type Imports, Machine } from "./machine.ts";

export interface PickleWalk {
  /** "module name", in order of appearance. */
  imports: string[];
  /** Number of imports whose name cannot be read from the file. */
  hiddenImports: number;
  /** Reason why the end was not reached; undefined when it was. */
  problem: string | undefined;
  /** Pickles that were read to their end: old files of PyTorch hold several. */
  count: number;
}

const maxPickles = 1000;

/**
 * Reads pickles of any protocol, opcode by opcode, and returns what they would import. Nothing is run. Bytes after the last complete
 * pickle count as data.
 * @param deadlineAt in milliseconds of performance.now()
 */
export function walkPickle(source: ByteSource, start = 0, deadlineAt = Number.POSITIVE_INFINITY): PickleWalk {
  const all: Imports = { names: new Set(), hidden: 0 };
  const cursor = new Cursor(source, start);
  for (let count = 0; ; count++) {
    const found: Imports = { names: new Set(), hidden: 0 };
    const error = walkOne(cursor, found, deadlineAt);
    // Data after a complete pickle is not an error, unless it starts with imports: those would run.
    const isData = error && !error.isLimit && count > 0 && found.names.size + found.hidden === 0;
    const isLast = error !== undefined || cursor.isAtEnd || count + 1 >= maxPickles;
    for (const name of found.names) all.names.add(name);
    all.hidden += found.hidden;
    if (!isLast) continue;
    const problem = isData ? undefined : error?.message;
    return { imports: [...all.names], hiddenImports: all.hidden, problem, count: error ? count : count + 1 };
  }
}

function walkOne(cursor: Cursor, imports: Imports, deadlineAt: number): BrokenPickle | undefined {
  try {
    follow(cursor, imports, deadlineAt);
    return undefined;
  } catch (error) {
    if (error instanceof BrokenPickle) return error;
    throw error;
  }
}

/** Walks one pickle up to its STOP. */
function follow(cursor: Cursor, imports: Imports, deadlineAt: number, depth = 0): void {
  if (depth > 20) throw new BrokenPickle("it is nested too deeply", true);
  const machine = new Machine(imports);
  for (let steps = 1; ; steps++) {
    if (steps % 65_536 === 0 && performance.now() > deadlineAt)
      throw new BrokenPickle("it takes too long to parse", true);
    const opcode = String.fromCharCode(cursor.byte());
    const argument = readArgument(cursor, opcode);
    if (!argument) throw new BrokenPickle("it contains an unknown opcode");
    const built = machine.step(opcode, argument);
    if (opcode === ".") return;
    if (built && passArray(cursor, built) === "pickle") follow(cursor, imports, deadlineAt, depth + 1);
  }
}
