import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, test } from "vitest";

interface ServerAction {
  name: string;
  /** Kinds of its parameters' syntax: "Identifier", "ObjectPattern" … */
  parameters: string[];
  /** Whether its first statement calls act(), or another action. */
  isAuthenticated: boolean;
}

interface FunctionNode {
  id?: { name: string } | null;
  params: { type: string }[];
  body: { body?: unknown[] } | null;
}

const isDirective = (statement: unknown) => (statement as { directive?: string }).directive === "use server";

/** Finds server actions: exported functions of a module with "use server", and functions that begin with it. */
function findActions(text: string): ServerAction[] {
  const { program } = parseSync("module.tsx", text);
  const actions: ServerAction[] = [];
  const isModule = program.body.some(isDirective);
  const add = ({ id, params, body }: FunctionNode) => {
    const [first] = (body?.body ?? []).filter((statement) => !isDirective(statement));
    const { start, end } = (first ?? { start: 0, end: 0 }) as { start: number; end: number };
    actions.push({
      name: id?.name ?? "inline",
      parameters: params.map(({ type }) => type),
      isAuthenticated: /^(return|const .+ = await) (act|\w+Action)[(<]/.test(text.slice(start, end)),
    });
  };
  const addInline = (node: object) => {
    if ((node as FunctionNode).body?.body?.some?.(isDirective)) add(node as FunctionNode);
  };
  new Visitor({
    ExportNamedDeclaration({ declaration }) {
      if (isModule && declaration?.type === "FunctionDeclaration") add(declaration as FunctionNode);
    },
    ArrowFunctionExpression: addInline,
    FunctionDeclaration: addInline,
    FunctionExpression: addInline,
  }).visit(program);
  return actions;
}

// Anyone can call a server action with any arguments, and what throws before act() responds with 500.
describe("server actions", () => {
  const app = new URL("..", import.meta.url).pathname;
  const found = readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes(".test."))
    .map((path) => ({ path, text: readFileSync(join(app, path), "utf8") }))
    .filter(({ text }) => text.includes('"use server"'))
    .map(({ path, text }) => ({ path, actions: findActions(text) }));
  const all = found.flatMap(({ path, actions }) => actions.map((action) => ({ path, ...action })));

  test("are found in every module that declares some", () => {
    expect(found.length).toBeGreaterThan(40);
    expect(found.filter(({ actions }) => actions.length === 0)).toEqual([]);
  });

  test("do not destructure their parameters", () => {
    expect(all.filter(({ parameters }) => parameters.some((type) => type !== "Identifier"))).toEqual([]);
  });

  test("authenticate their caller first", () => {
    expect(all.filter(({ isAuthenticated }) => !isAuthenticated)).toEqual([]);
  });
});

test.each([
  ['"use server";\nexport async function a(input: A) {\n  return act(() => b(input));\n}', ["Identifier"], true],
  ['"use server";\nexport async function a({ b }: A) {\n  return act(() => c(b));\n}', ["ObjectPattern"], true],
  [
    '"use server";\nexport async function a(b: B, c = b.c) {\n  return act(d);\n}',
    ["Identifier", "AssignmentPattern"],
    true,
  ],
  ['"use server";\nexport async function a(b: B) {\n  const c = b.c;\n  return act(c);\n}', ["Identifier"], false],
  ['const a = async ({ b }: A) => {\n  "use server";\n  return bAction(b);\n};', ["ObjectPattern"], true],
])("reads the parameters and the first statement of %j", (text, parameters, isAuthenticated) => {
  expect(findActions(text)).toMatchObject([{ parameters, isAuthenticated }]);
});
