import { type Argument, unescaped } from "./arguments.ts";
import { BrokenPickle } from "./cursor.ts";
import { mark, unknown, type Value } from "./value.ts";

const maxStored = 2_000_000;
const maxItems = 64;

/** Imports found in pickles. */
export interface Imports {
  /** "module name" */
  names: Set<string>;
  /** Number of imports whose name is assembled while the pickle is loaded, so that it appears nowhere in the file. */
  hidden: number;
}

/** Stack and memo of a pickle, with values resolved only as far as imports and arrays require. Nothing is imported or instantiated. */
export class Machine {
  private readonly imports: Imports;
  private readonly stack: Value[] = [];
  private readonly memo = new Map<number, Value>();

  constructor(imports: Imports) {
    this.imports = imports;
  }

  /** Executes one opcode symbolically. @returns the object whose state BUILD just set. @throws BrokenPickle */
  step(opcode: string, argument: Argument): Value | undefined {
    const { stack } = this;
    const text = argument.text;
    switch (opcode) {
      case "\x80":
      case "\x95":
      case ".":
      case "\x98":
        return;
      case "(":
        return this.push(mark);
      case "0":
        this.pop();
        return;
      case "1":
        this.popToMark();
        return;
      case "2":
        return this.push(this.top());
      case "X":
      case "\x8c":
      case "\x8d":
      case "T":
      case "U":
        return this.push(text === undefined ? unknown : { text });
      case "S":
      case "V":
        return this.push({ text: unescaped(opcode, text ?? "") });
      case "I":
        return this.push({ number: Number.parseInt(text ?? "", 10) });
      case "J":
      case "K":
      case "M":
        return this.push({ number: argument.number ?? 0 });
      case ")":
        return this.push({ items: [] });
      case "t":
        return this.push(tupleOf(this.popToMark()));
      case "\x85":
      case "\x86":
      case "\x87":
        return this.push(tupleOf(this.popMany(opcode.charCodeAt(0) - 0x84)));
      case "}":
        return this.push({ entries: new Map() });
      case "d":
        return this.push(withEntries({ entries: new Map() }, this.popToMark()));
      case "s": {
        const pair = this.popMany(2);
        withEntries(this.top(), pair);
        return;
      }
      case "u": {
        const pairs = this.popToMark();
        withEntries(this.top(), pairs);
        return;
      }
      case "a":
        this.pop();
        return;
      case "e":
      case "\x90":
        this.popToMark();
        return;
      case "l":
      case "\x91":
        this.popToMark();
        return this.push(unknown);
      case "g":
      case "h":
      case "j":
        return this.push(this.memo.get(argument.number ?? Number(text)) ?? unknown);
      case "p":
      case "q":
      case "r":
        return this.remember(argument.number ?? Number(text), this.top());
      case "\x94":
        return this.remember(this.memo.size, this.top());
      case "c":
        return this.push(this.imported(text, argument.second));
      case "\x93": {
        const [module, name] = this.popMany(2);
        return this.push(this.imported(module?.text, name?.text));
      }
      case "\x82":
      case "\x83":
      case "\x84":
        return this.push(this.imported(undefined, undefined));
      case "i":
        this.popToMark();
        return this.push({ maker: this.imported(text, argument.second) });
      case "o":
        return this.push({ maker: this.popToMark()[0] ?? unknown });
      case "R":
      case "\x81": {
        const [maker = unknown, made = unknown] = this.popMany(2);
        return this.push({ maker, argument: made });
      }
      case "\x92": {
        const [maker = unknown] = this.popMany(3);
        return this.push({ maker });
      }
      case "b": {
        const state = this.pop();
        const built = this.top();
        if (built.maker && state.entries) built.entries = state.entries;
        return built;
      }
      case "Q":
        this.pop();
        return this.push(unknown);
      default:
        stack.push(unknown); // Numbers and bytes that no import can be made of.
    }
  }

  private push(value: Value): undefined {
    if (this.stack.length >= maxStored) throw new BrokenPickle("it is nested too deeply", true);
    this.stack.push(value);
  }

  private pop(): Value {
    const value = this.stack.pop();
    if (value === undefined) throw new BrokenPickle("it refers to a missing stack item");
    return value;
  }

  private popMany(count: number): Value[] {
    if (this.stack.length < count) throw new BrokenPickle("it refers to a missing stack item");
    return this.stack.splice(-count);
  }

  private popToMark(): Value[] {
    const index = this.stack.lastIndexOf(mark);
    if (index < 0) throw new BrokenPickle("it refers to a missing stack item");
    return this.stack.splice(index).slice(1);
  }

  private top(): Value {
    const value = this.stack.at(-1);
    if (value === undefined) throw new BrokenPickle("it refers to a missing stack item");
    return value;
  }

  private remember(index: number, value: Value): undefined {
    if (this.memo.size >= maxStored) throw new BrokenPickle("it stores too many memo items", true);
    this.memo.set(index, value);
  }

  private imported(module: string | undefined, name: string | undefined): Value {
    if (module === undefined || name === undefined) {
      this.imports.hidden += 1;
      return unknown;
    }
    if (this.imports.names.size >= 10_000) throw new BrokenPickle("it imports too many names", true);
    const imported = `${module.replaceAll(/\s/g, "_")} ${name.replaceAll(/\s/g, "_")}`;
    this.imports.names.add(imported);
    return { global: imported };
  }
}

function tupleOf(items: Value[]): Value {
  return items.length <= maxItems ? { items } : unknown;
}

function withEntries(dict: Value, pairs: Value[]): Value {
  const { entries } = dict;
  for (let index = 0; entries && index + 1 < pairs.length && entries.size < maxItems; index += 2) {
    const key = pairs[index]?.text;
    if (key !== undefined) entries.set(key, pairs[index + 1] as Value);
  }
  return dict;
}
