import { parseSync } from "oxc-parser";
import { isReadable, type Place } from "./is-readable.ts";

/** Names and texts of a source file, with their position in it. Comments are neither. */
export interface Scanned {
  /** Each name once, where it comes first. */
  names: Found[];
  texts: Text[];
}

interface Found {
  value: string;
  at: number;
}

/** A text as it is shown: with its expressions as `${…}`, its elements as `<…>`, and spaces for line breaks. */
export interface Text extends Found {
  /** Whether people read it: on screen, in a message, an error, the API reference or the terminal. */
  isReadable: boolean;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Fields of a node that hold no code: positions, kinds, and what `shorthand` properties have twice. */
const skipped = new Set(["type", "start", "end", "range", "parent", "loc"]);
/** Nodes that pass on where their parent stands: a label that depends on something is still a label. */
const transparent = new Set([
  "ArrayExpression",
  "ArrowFunctionExpression",
  "AwaitExpression",
  "ChainExpression",
  "ConditionalExpression",
  "JSXExpressionContainer",
  "LogicalExpression",
  "ParenthesizedExpression",
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TemplateLiteral",
]);
const comparisons = new Set(["==", "===", "!=", "!==", "in", "instanceof", "<", ">", "<=", ">="]);

/** Splits a source file of TypeScript into names and texts: string literals, templates and text of JSX. */
export function scan(file: string, source: string): Scanned {
  const names = new Map<string, number>();
  const texts: Text[] = [];
  const add = (value: string, at: number, place: Place) => {
    if (value.trim()) texts.push({ value, at, isReadable: isReadable(value, { ...place, file }) });
  };
  const name = (value: unknown, at: number) => {
    if (typeof value === "string" && !names.has(value)) names.set(value, at);
  };
  const visit = (node: Node, place: Place) => {
    if (node.type === "Literal") {
      if (typeof node.value === "string") add(oneLine(node.value), node.start, place);
      return;
    }
    if (node.type === "TemplateLiteral") add(templateText(node, source), node.start, place);
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      const children = node.children as Node[];
      const first = children.find((child) => child.type === "JSXText" && String(child.value).trim());
      if (first) {
        const at = first.start + String(first.value).search(/\S/);
        add(elementText(children, source), at, { kind: "element" });
      }
    }
    if (/^(?:JSX)?(?:Private)?Identifier$/.test(node.type)) name(node.name, node.start);
    for (const key of Object.keys(node)) {
      if (skipped.has(key)) continue;
      const child = node[key];
      const next = placeOf(node, key, place);
      if (Array.isArray(child)) {
        for (const [index, each] of child.entries()) {
          if (isNode(each)) visit(each, next.kind === "argument" ? { ...next, index } : next);
        }
      } else if (isNode(child)) visit(child, next);
    }
  };
  visit(parseSync(file, source).program as unknown as Node, { kind: "other" });
  texts.sort((a, b) => a.at - b.at);
  return { names: Array.from(names, ([value, at]) => ({ value, at })).sort((a, b) => a.at - b.at), texts };
}

/** The line of a position, from 1. */
export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split("\n").length;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

/** Where the child at a key of a node stands. */
function placeOf(node: Node, key: string, place: Place): Place {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return key === "source" || key === "attributes" ? { kind: "code" } : { kind: "other" };
    case "ImportExpression":
    case "TSLiteralType":
    case "TSExternalModuleReference":
    case "TSEnumMember":
    case "TaggedTemplateExpression":
      return { kind: "code" };
    case "ExpressionStatement":
      return "directive" in node && node.directive ? { kind: "code" } : { kind: "other" };
    case "SwitchCase":
      return key === "test" ? { kind: "code" } : { kind: "other" };
    case "MemberExpression":
      return key === "property" ? { kind: "code" } : { kind: "other" };
    case "BinaryExpression":
      return comparisons.has(String(node.operator)) ? { kind: "code" } : place;
    case "JSXAttribute":
      return { kind: "attribute", name: jsxName(node.name) };
    case "Property":
    case "PropertyDefinition":
      if (key === "key") return { kind: "code" };
      return { kind: "property", name: nameOf(node.key), of: place.kind === "value" ? place.name : undefined };
    case "VariableDeclarator":
      return { kind: "value", name: nameOf(node.id) };
    case "FunctionDeclaration":
      return { kind: "body", name: nameOf(node.id) };
    case "ReturnStatement":
      return { kind: "returned", name: place.function };
    case "CallExpression":
    case "NewExpression":
      return key === "arguments" ? { kind: "argument", name: calleeOf(node.callee) } : { kind: "other" };
    case "ObjectExpression":
      return place;
    default:
      return transparent.has(node.type) ? place : { kind: "other", function: place.function };
  }
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  return typeof node.name === "string" ? node.name : typeof node.value === "string" ? node.value : undefined;
}

function jsxName(node: unknown): string | undefined {
  return isNode(node) && node.type === "JSXIdentifier" ? String(node.name) : undefined;
}

/** `DomainError` of `new DomainError(…)`, `describe` of `z.string().describe(…)`. */
function calleeOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  return node.type === "MemberExpression" ? nameOf(node.property) : nameOf(node);
}

const oneLine = (text: string) => text.replace(/\s+/g, " ");

function templateText(node: Node, source: string): string {
  const quasis = node.quasis as Node[];
  const expressions = node.expressions as Node[];
  const parts = quasis.map((quasi, index) => {
    const { cooked, raw } = quasi.value as { cooked: string | null; raw: string };
    const expression = expressions[index];
    return `${cooked ?? raw}${expression ? shown(expression, source) : ""}`;
  });
  return oneLine(parts.join(""));
}

function elementText(children: readonly Node[], source: string): string {
  const parts = children.map((child) => {
    if (child.type === "JSXText") return String(child.value);
    if (child.type === "JSXExpressionContainer") {
      const expression = child.expression as Node;
      if (expression.type === "JSXEmptyExpression") return "";
      return typeof expression.value === "string" ? expression.value : shown(expression, source);
    }
    const inner = child.type === "JSXElement" ? (child.children as Node[]) : [];
    const words = elementText(inner, source);
    return words ? `<${words}>` : "<…>";
  });
  return oneLine(parts.join("")).trim();
}

/** A name or a short call as it is; `${…}` where it has texts of its own. */
function shown({ start, end }: Node, source: string): string {
  const text = source.slice(start, end);
  return text.length <= 40 && /^[\w.?!()[\] ]+$/.test(text) ? `\${${text}}` : `\${…}`;
}
