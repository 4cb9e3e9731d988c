import { DomainError } from "#server/base/errors.ts";

const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
const keyPart = /[\p{L}\p{N}_]+/uy;
const number = /-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy;
const operator = /!=|<>|>=|<=|=|>|</y;
const blank = /\s*/y;

/** Reads a filter from left to right. Each method skips blanks, and takes nothing when what it looks for is not there. */
export class Scanner {
  readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.match(blank);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  /** Start of the next token, for error messages. */
  get position(): number {
    return this.at;
  }

  /** Returns the error for a position; its message contains the column, counted from 1. */
  refusal(message: string, position = this.at): DomainError {
    const column = position + 1;
    return new DomainError("invalid", `${message} (column ${column})`, { column });
  }

  /** Returns the error for invalid text at a position, in MLflow's words. */
  invalidClause(position = this.at): DomainError {
    return this.refusal(`Invalid clause(s) in filter string: '${this.text.slice(position).trim()}'`, position);
  }

  /** Takes a keyword in any case. */
  keyword(name: string): boolean {
    const start = this.at;
    if (this.match(word)?.toUpperCase() === name) {
      this.match(blank);
      return true;
    }
    this.at = start;
    return false;
  }

  symbol(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    this.match(blank);
    return true;
  }

  operator(): string | undefined {
    const start = this.at;
    const found = this.match(operator);
    // "==" is none.
    if (found && /[=<>]/.test(this.text[this.at] ?? "")) throw this.invalidClause(start);
    this.match(blank);
    return found === "<>" ? "!=" : found;
  }

  /** Parts of a dotted name, as they are meant: quotes are taken off. */
  name(): string[] | undefined {
    const parts: string[] = [];
    do {
      const part = this.quoted("`") ?? this.quoted('"') ?? this.match(parts.length === 0 ? word : keyPart);
      if (part === undefined) {
        if (parts.length === 0) return undefined;
        throw this.invalidClause();
      }
      parts.push(part);
    } while (this.text[this.at] === "." && ++this.at);
    this.match(blank);
    return parts;
  }

  string(): string | undefined {
    const found = this.quoted("'") ?? this.quoted('"');
    if (found !== undefined) this.match(blank);
    return found;
  }

  number(): number | undefined {
    const found = this.match(number);
    if (found === undefined) return undefined;
    this.match(blank);
    return Number(found);
  }

  /** Reads a quoted text; a doubled quote represents the quote itself. */
  private quoted(quote: string): string | undefined {
    if (this.text[this.at] !== quote) return undefined;
    let content = "";
    for (let at = this.at + 1; at < this.text.length; at++) {
      if (this.text[at] !== quote) content += this.text[at];
      else if (this.text[at + 1] === quote) content += this.text[at++];
      else {
        this.at = at + 1;
        return content;
      }
    }
    throw this.invalidClause();
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
