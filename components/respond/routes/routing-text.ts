import { parseDocument, stringify } from "yaml";
import { Routing } from "#server/alerting/alerts/routing/contract.ts";

export interface RoutingMistake {
  message: string;
  /** Line number, from 1; absent if unknown. */
  line?: number;
}

/** Formats a routing as text, without inherited values. */
export function routingText(routing: Routing, as: "yaml" | "json"): string {
  const plain = withoutEmpty(routing);
  return as === "json" ? JSON.stringify(plain, null, 2) : stringify(plain);
}

/** Reads a routing from YAML or JSON, which is YAML too; else says what is wrong and in which line. */
export function readRoutingText(text: string): { routing: Routing } | { mistakes: RoutingMistake[] } {
  const document = parseDocument(text);
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  if (document.errors.length > 0) {
    return {
      mistakes: document.errors.map(({ message, pos }) => ({
        message: message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? message,
        line: lineAt(pos[0]),
      })),
    };
  }
  const parsed = Routing.safeParse(document.toJS());
  if (parsed.success) return { routing: parsed.data };
  return {
    mistakes: parsed.error.issues.slice(0, 10).map(({ path, message }) => {
      const line = lineOf(path);
      return { message: `${path.join(".") || "The configuration"}: ${message}`, ...(line !== undefined && { line }) };
    }),
  };

  /** Returns the line of the nearest existing ancestor, because a missing node has no position. */
  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lineAt(node.range[0]);
    }
    return undefined;
  }
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const isEmpty = (part: unknown) => part === undefined || part === false || (Array.isArray(part) && part.length === 0);
  const kept = Object.entries(value).filter(([name, part]) => !isEmpty(part) || needed.includes(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutEmpty(part)]));
}

const needed = ["isRegex", "isEqual"];
