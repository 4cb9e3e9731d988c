import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

/** A node of the syntax tree, as far as it is read here. */
// biome-ignore lint/suspicious/noExplicitAny: a tree of a hundred kinds of nodes, of which few fields are read
export type Node = any;

/** An exported function with its parameters. */
interface ExportedFunction {
  file: string;
  name: string;
  parameters: Node[];
}

/** What a folder of source files exports and declares. */
export interface Sources {
  functions: ExportedFunction[];
  /** Names of exported classes. */
  classes: string[];
  /** Declarations of types by file and name. */
  types: Map<string, { file: string; node: Node }>;
  /** Where an imported name of a file is declared. */
  imports: Map<string, string>;
  /** Keys of constant objects, for types such as `keyof typeof methods`. */
  keys: Map<string, string[]>;
}

/** Reads the exported functions and all types of source files. */
export function readExports(files: readonly string[]): Sources {
  const found: Sources = { functions: [], classes: [], types: new Map(), imports: new Map(), keys: new Map() };
  for (const file of files) {
    const { program } = parseSync(basename(file), readFileSync(file, "utf8"));
    for (const statement of program.body as Node[]) {
      const isExported = statement.type === "ExportNamedDeclaration" && statement.declaration;
      readDeclaration(found, file, isExported ? statement.declaration : statement, Boolean(isExported));
    }
  }
  return found;
}

function readDeclaration(found: Sources, file: string, node: Node, isExported: boolean): void {
  if (node.type === "ImportDeclaration" && node.source.value.startsWith(".")) {
    const from = join(dirname(file), node.source.value);
    for (const { local, imported } of node.specifiers) {
      found.imports.set(`${file} ${local.name}`, `${from} ${imported?.name ?? local.name}`);
    }
  }
  if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration") {
    found.types.set(`${file} ${node.id.name}`, { file, node });
  }
  if (node.type === "VariableDeclaration") readKeys(found, node);
  if (!isExported) return;
  if (node.type === "FunctionDeclaration") {
    found.functions.push({ file, name: node.id.name, parameters: node.params });
  }
  if (node.type === "ClassDeclaration") found.classes.push(node.id.name);
  if (node.type !== "VariableDeclaration") return;
  for (const { id, init } of node.declarations) {
    if (init?.type === "ArrowFunctionExpression")
      found.functions.push({ file, name: id.name, parameters: init.params });
  }
}

function readKeys(found: Sources, { declarations }: Node): void {
  for (const { id, init } of declarations) {
    const object = init?.type === "TSSatisfiesExpression" || init?.type === "TSAsExpression" ? init.expression : init;
    if (object?.type !== "ObjectExpression") continue;
    found.keys.set(
      id.name,
      object.properties.map(({ key }: Node) => key?.name ?? key?.value),
    );
  }
}
