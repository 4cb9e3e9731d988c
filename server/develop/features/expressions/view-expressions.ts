import { DomainError } from "#server/base/errors.ts";
import type { FeatureExpression, FeatureType, StoreValue, ViewVersion } from "../contract.ts";
import { atArrival, atLookUp } from "../definitions/view-features.ts";
import { countNulls } from "./expression-counters.ts";
import { type ExpressionPlan, planExpressions } from "./plan-expressions.ts";
import type { RequestWork } from "./request-work.ts";
import { type ComputedColumn, runExpressions } from "./run-expressions.ts";

type Schema = Pick<ViewVersion, "entities" | "features" | "expressions" | "requestInputs">;
/** The type of a feature of another view, by reference. */
type TypeOfReference = (reference: string) => FeatureType;
type Columns = ReadonlyMap<string, readonly StoreValue[]>;

/** Name of the event time in expressions at arrival, whatever its column is called in the source. */
export const eventTimeName = "event_timestamp";

/**
 * Checks all expressions of a view.
 * @throws DomainError that names the expression
 */
export function checkViewExpressions(schema: Schema, typeOf: TypeOfReference): void {
  for (const { name, at, inputs } of schema.expressions) {
    if (at === "look-up" || Object.keys(inputs).length === 0) continue;
    const message = `Expression "${name}": features of other views are known at look-up, not at arrival.`;
    throw new DomainError("invalid", message, { field: "expressions" });
  }
  planAtArrival(schema);
  planAtLookUp(schema, typeOf, atLookUp(schema.expressions));
}

/**
 * Evaluates the expressions that are stored with rows, in the order of the version. Each expression that fails rejects its row.
 * @param columns values of join keys and features by name, and the event time
 * @throws FeatureError "too-large" once the work of the request is used up
 */
export async function computeAtArrival(
  version: ViewVersion,
  columns: Columns,
  { rows, work }: { rows: number; work: RequestWork },
): Promise<Pick<ComputedColumn, "name" | "values" | "failures">[]> {
  const plan = planOf(`arrival ${version.digest}`, () => planAtArrival(version));
  const computed = await runExpressions(plan, columns, rows, work);
  countNulls("arrival", computed);
  return inOrder(computed, version.expressions);
}

/**
 * Evaluates expressions at look-up. Those that fail give null.
 * @param wanted names of expressions of the version
 * @param columnOf values of a join key, feature, stored expression or request input by name, or of another view's feature by reference; only
 *   asked for what is read
 * @param work what the request may do, if that is bounded
 * @throws FeatureError "too-large" once the work of the request is used up
 */
export async function computeAtLookUp(
  computation: LookUpComputation,
  columnOf: (name: string) => readonly StoreValue[],
  { rows, work }: { rows: number; work: RequestWork | undefined },
): Promise<ReadonlyMap<string, readonly StoreValue[]>> {
  const { plan, reads } = lookUpPlan(computation);
  const columns = new Map(reads.map((name) => [name, columnOf(name)]));
  const computed = await runExpressions(plan, columns, rows, work);
  countNulls("look-up", computed);
  return new Map(computed.map(({ name, values }) => [name, values]));
}

/** Returns the names of the columns that `computeAtLookUp` asks for. */
export function readAtLookUp(computation: LookUpComputation): string[] {
  return lookUpPlan(computation).reads;
}

/** Expressions of a version, by name, and the types of the features of other views that they read. */
export interface LookUpComputation {
  version: ViewVersion;
  wanted: readonly string[];
  typeOf: TypeOfReference;
}

function lookUpPlan({ version, wanted, typeOf }: LookUpComputation): { plan: ExpressionPlan; reads: string[] } {
  const needed = neededAtLookUp(version, wanted);
  const references = referencesOf(needed).map((reference) => [reference, typeOf(reference)]);
  const id = JSON.stringify([version.digest, needed.map(({ name }) => name), references]);
  const plan = planOf(id, () => planAtLookUp(version, typeOf, needed));
  const own = new Set(plan.map(({ name }) => name));
  return { plan, reads: [...new Set(plan.flatMap(({ reads }) => reads.filter((name) => !own.has(name))))] };
}

/** Expressions at look-up that the wanted ones may use, with these: whose names occur in them. */
export function neededAtLookUp({ expressions }: Pick<Schema, "expressions">, wanted: readonly string[]) {
  const onDemand = new Map(atLookUp(expressions).map((one) => [one.name, one]));
  const needed = new Set<FeatureExpression>();
  const waiting = [...wanted];
  for (const name of waiting) {
    const expression = onDemand.get(name);
    if (!expression || needed.has(expression)) continue;
    needed.add(expression);
    waiting.push(...(expression.cel.match(/[A-Za-z_]\w*/g) ?? []));
  }
  return [...needed];
}

/** Features of other views that expressions read. */
export function referencesOf(expressions: readonly FeatureExpression[]): string[] {
  return [...new Set(expressions.flatMap(({ inputs }) => Object.values(inputs)))];
}

function planAtArrival({ entities, features, expressions }: Omit<Schema, "requestInputs">): ExpressionPlan {
  // A feature of this name wins.
  const columns = new Map<string, FeatureType>([[eventTimeName, "timestamp"], ...columnsOf(entities, features)]);
  return planExpressions(columns, atArrival(expressions));
}

function planAtLookUp(schema: Schema, typeOf: TypeOfReference, needed: readonly FeatureExpression[]): ExpressionPlan {
  const { entities, features, expressions, requestInputs } = schema;
  const columns = columnsOf(entities, [...features, ...atArrival(expressions), ...requestInputs]);
  for (const reference of referencesOf(needed)) columns.set(reference, typeOf(reference));
  return planExpressions(columns, needed);
}

function columnsOf(
  entities: Schema["entities"],
  columns: readonly { name: string; type: FeatureType }[],
): Map<string, FeatureType> {
  const types = new Map<string, FeatureType>(entities.map(({ joinKey, type }) => [joinKey, type]));
  for (const { name, type } of columns) types.set(name, type);
  return types;
}

function inOrder(computed: readonly ComputedColumn[], expressions: readonly FeatureExpression[]): ComputedColumn[] {
  const byName = new Map(computed.map((column) => [column.name, column]));
  return expressions.flatMap(({ name }) => byName.get(name) ?? []);
}

const maxPlans = 1_000;
/** Plans by what they depend on. A version's digest covers its expressions and the types of its columns. */
const plans = new Map<string, ExpressionPlan>();

function planOf(id: string, make: () => ExpressionPlan): ExpressionPlan {
  const known = plans.get(id);
  if (known) return known;
  const plan = make();
  if (plans.size >= maxPlans) plans.delete(plans.keys().next().value ?? "");
  plans.set(id, plan);
  return plan;
}
