/** Exempts a statement that only looks as if it took something away; the reason follows. */
const exemption = /^-- compatible: \S/m;

/**
 * Finds the statements of a migration that take something away from a program written for the schema before it: what it reads is dropped,
 * renamed or converted, or what it writes is rejected. A statement with a comment "-- compatible: reason" is exempt.
 * @param migration SQL with drizzle's breakpoints
 * @returns one line for each finding: what it is, and the statement
 */
export function findNarrowing(migration: string): string[] {
  const statements = migration
    .split("--> statement-breakpoint")
    .filter((text) => !exemption.test(text))
    .flatMap(statementsOf);
  const created = new Set(statements.flatMap((text) => /^create table (?:if not exists )?(\S+)/.exec(text)?.[1] ?? []));
  const added = new Set(statements.flatMap(addedColumns));
  return statements.flatMap((statement) => {
    const problem = problemOf(statement, created, added);
    return problem ? [`${problem}: ${statement.slice(0, 200)}`] : [];
  });
}

/** Returns the statements without comments, quotes and extra spaces, in lower case. The body of a function is one statement. */
function statementsOf(text: string): string[] {
  const sql = text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("--"))
    .join(" ")
    .replaceAll('"', "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toLowerCase();
  const parts = sql.includes("$") ? [sql] : sql.split(";");
  return parts.map((part) => part.replace(/^public\./, "").trim()).filter(Boolean);
}

/** Columns that the statement adds, as "table.column". */
function addedColumns(statement: string): string[] {
  const table = tableOf(statement);
  return actionsOf(statement).flatMap((action) => {
    const name = /^add (?:column )?(?:if not exists )?(\S+)/.exec(action)?.[1];
    return name && name !== "constraint" ? [`${table}.${name}`] : [];
  });
}

function tableOf(statement: string): string {
  return /^(?:alter table|update|delete from) (?:only )?(?:if exists )?(\S+)/.exec(statement)?.[1] ?? "";
}

/** Returns the actions of an ALTER TABLE; commas in brackets separate none. */
function actionsOf(statement: string): string[] {
  const table = /^alter table (?:only )?(?:if exists )?\S+ /.exec(statement)?.[0];
  if (!table) return [];
  const actions: string[] = [];
  let depth = 0;
  let from = table.length;
  for (let at = from; at <= statement.length; at += 1) {
    const character = statement[at];
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === undefined || (character === "," && depth === 0)) {
      actions.push(statement.slice(from, at).trim());
      from = at + 1;
    }
  }
  return actions;
}

function problemOf(statement: string, created: ReadonlySet<string>, added: ReadonlySet<string>): string | undefined {
  const first = statement.split(" ")[0];
  const table = tableOf(statement);
  if (created.has(table)) return undefined;
  if (first === "drop" || first === "truncate") return "drops";
  if (first === "delete") return "deletes rows";
  if (first === "update") return updatesOnly(statement, table, added) ? undefined : "rewrites values";
  if (first === "do") return "cannot be checked";
  if (statement.startsWith("create unique index")) return uniqueProblem(statement, created, added);
  if (/^create (?:or replace )?(?:constraint )?(?:trigger|rule) /.test(statement)) {
    return [...created].some((name) => statement.includes(` on ${name} `)) ? undefined : "changes what a write does";
  }
  if (first !== "alter") return undefined;
  if (/ rename /.test(statement)) return "renames";
  if (/^alter (?:index|type|sequence|view) /.test(statement) && / drop /.test(statement)) return "drops";
  for (const action of actionsOf(statement)) {
    const problem = actionProblem(action, table, added);
    if (problem) return problem;
  }
  return undefined;
}

function actionProblem(action: string, table: string, added: ReadonlySet<string>): string | undefined {
  if (action.startsWith("drop ")) return "drops";
  const altered = /^alter (?:column )?(\S+) (.*)$/.exec(action);
  if (altered) {
    const [, column, change = ""] = altered;
    if (added.has(`${table}.${column}`)) return undefined;
    if (change.startsWith("type ") || change.startsWith("set data type ")) return "converts a column";
    if (change.startsWith("set not null")) return "requires a value";
    return change.startsWith("drop ") ? "drops" : undefined;
  }
  if (action.startsWith("add constraint ")) {
    const columns = columnsIn(action);
    const isNew = columns.length > 0 && columns.every((column) => added.has(`${table}.${column}`));
    return isNew ? undefined : "adds a constraint";
  }
  if (!action.startsWith("add ")) return undefined;
  const isRequired = action.includes(" not null") && !/ default | generated /.test(`${action} `);
  return isRequired ? "requires a value" : undefined;
}

function uniqueProblem(
  statement: string,
  created: ReadonlySet<string>,
  added: ReadonlySet<string>,
): string | undefined {
  const table = / on (?:only )?(\S+)/.exec(statement)?.[1] ?? "";
  if (created.has(table)) return undefined;
  const columns = columnsIn(statement.slice(statement.indexOf(` on ${table}`)));
  return columns.some((column) => added.has(`${table}.${column}`)) ? undefined : "requires unique values";
}

/** Returns the names in the first pair of brackets. */
function columnsIn(text: string): string[] {
  const list = text.slice(text.indexOf("(") + 1, text.indexOf(")"));
  return list.split(",").map((name) => name.trim().split(" ")[0] ?? "");
}

function updatesOnly(statement: string, table: string, added: ReadonlySet<string>): boolean {
  const values = statement.slice(statement.indexOf(" set ") + 5).split(" where ")[0] ?? "";
  const first = values.split("=")[0]?.trim() ?? "";
  // One column at a time: what follows a comma may be a column or an argument.
  return added.has(`${table}.${first}`) && !values.slice(values.indexOf("=") + 1).includes("=");
}
