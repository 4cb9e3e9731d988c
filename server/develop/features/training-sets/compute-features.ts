import type { FeatureType, StoreValue, ViewVersion } from "../contract.ts";
import { atLookUp, slotsOf } from "../definitions/view-features.ts";
import type { RequestWork } from "../expressions/request-work.ts";
import { computeAtLookUp, type LookUpComputation, readAtLookUp } from "../expressions/view-expressions.ts";
import { cellType, storedExpression, storedType } from "../history/history-columns.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { computedTable, spineKeyNames, spineTable, takenTable } from "../offline/join/join-statements.ts";
import type { PlannedJoin, PlannedView, RequestedFeature } from "../offline/join/plan-join.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import { converterOf, elementTypeOf, ValueProblem } from "../values/convert-value.ts";
import type { TrainingSetRequest } from "./contract.ts";
import type { SpineTable } from "./join-history.ts";

type Request = Pick<TrainingSetRequest, "views" | "features" | "inputs">;

/** Expressions of one view that a request wants. */
interface ViewComputation extends LookUpComputation {
  /** Position of the view. */
  view: number;
  reads: string[];
}

/** What a join computes after it. */
interface Computations {
  ofViews: readonly ViewComputation[];
  /** Features that it reads of the history. */
  read: RequestedFeature[];
  isComputed(feature: { view: number; feature: string }): boolean;
}

const batchRows = 10_000;
const inputsTable = "join_inputs";

/**
 * Finds the requested features that are computed at look-up, and what they read.
 * @param versions by position of the view
 */
export function planComputations({ features, inputs }: Request, versions: readonly ViewVersion[]): Computations {
  const isComputed: Computations["isComputed"] = ({ view, feature }) =>
    atLookUp(versions[view]?.expressions ?? []).some(({ name }) => name === feature);
  const placeOf = (reference: string) => {
    const place = inputs.find((input) => input.reference === reference);
    if (!place) throw new Error(`The request does not pin "${reference}".`);
    return place;
  };
  const typeOf = (reference: string): FeatureType => {
    const { view, feature } = placeOf(reference);
    return slotType(versions[view], feature);
  };
  const ofViews = [...Map.groupBy(features.filter(isComputed), ({ view }) => view)].map(([view, wanted]) => {
    const computation = {
      version: versions[view] as ViewVersion,
      wanted: wanted.map(({ feature }) => feature),
      typeOf,
    };
    return { ...computation, view, reads: readAtLookUp(computation) };
  });
  const read = ofViews.flatMap(({ view, version, reads }) =>
    reads.flatMap((name): RequestedFeature[] => {
      if (name.includes(":")) return [placeOf(name)];
      return slotsOf(version).some((slot) => slot.name === name) ? [{ view, feature: name }] : [];
    }),
  );
  return { ofViews, read, isComputed };
}

/**
 * Computes features over the joined rows, batch by batch, by the function that look-ups use (docs/spec/features.md section 15): over the values
 * that were joined, the keys of the rows, and their columns that have the names of request inputs. Fills the table of computed features.
 * @throws JoinRefused for a missing or unreadable request input; FeatureError "too-large" once the work is used up; as OfflineEngine.run
 */
export async function computeFeatures(
  engine: OfflineEngine,
  plan: PlannedJoin,
  spine: SpineTable,
  request: Request,
  { ofViews }: Computations,
  work?: RequestWork,
): Promise<void> {
  if (ofViews.length === 0) return;
  const columns = new InputColumns(plan, spine, request);
  for (const computation of ofViews) for (const name of computation.reads) columns.add(computation, name);
  await engine.run(`CREATE TABLE ${inputsTable} AS ${columns.query()}`);
  const added = plan.added.flatMap(({ view, feature }, index) => (feature === null ? [{ view, index }] : []));
  const types = added.map(({ index }) => computedType(ofViews, request, index));
  const cells = added.map(({ index }, at) => `e${index} ${cellType(types[at] as FeatureType)}`);
  await engine.run(`CREATE TABLE ${computedTable}_raw (${["n BIGINT", ...cells].join(", ")})`);
  for (let start = 0; ; start += batchRows) {
    const where = `rowid >= ${start} AND rowid < ${start + batchRows}`;
    const rows = await engine.rows(`SELECT * FROM ${inputsTable} WHERE ${where} ORDER BY rowid`, batchRows);
    if (rows.length === 0) break;
    const computed = new Map<number, ReadonlyMap<string, readonly StoreValue[]>>();
    for (const computation of ofViews) {
      const columnOf = (name: string) => columns.valuesOf(computation, name, rows, start);
      computed.set(computation.view, await computeAtLookUp(computation, columnOf, { rows: rows.length, work }));
    }
    const values = added.map(({ view, index }) => {
      const found = computed.get(view)?.get(request.features[index]?.feature ?? "");
      return (found ?? []) as readonly EngineCell[];
    });
    await engine.append(`${computedTable}_raw`, [rows.map(([n]) => n as EngineCell), ...values]);
    if (rows.length < batchRows) break;
  }
  const stored = added.map(({ index }, at) => {
    return `${storedExpression(types[at] as FeatureType, `e${index}`)}::${storedType(types[at] as FeatureType)} AS e${index}`;
  });
  await engine.run(`CREATE VIEW ${computedTable} AS SELECT ${["n", ...stored].join(", ")} FROM ${computedTable}_raw`);
  await engine.run(`DROP TABLE ${inputsTable}`);
}

/** Columns of the joined rows that expressions read. */
class InputColumns {
  readonly #plan: PlannedJoin;
  readonly #spine: SpineTable;
  readonly #request: Request;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #expressions: string[] = ["row_of.n"];
  /** Position and conversion of a column, by view and name. */
  readonly #read = new Map<string, { at: number; convert(cell: EngineCell): StoreValue | ValueProblem }>();

  constructor(plan: PlannedJoin, spine: SpineTable, request: Request) {
    this.#plan = plan;
    this.#spine = spine;
    this.#request = request;
    this.#keys = spineKeyNames(plan);
  }

  add({ view, version }: ViewComputation, name: string): void {
    const { keys } = this.#plan.views[view] as PlannedView;
    const entity = version.entities.find(({ joinKey }) => joinKey === name);
    const input = version.requestInputs.find((each) => each.name === name);
    const reference = this.#request.inputs.find((each) => each.reference === name);
    if (reference) {
      this.#put(view, name, this.#taken(reference.view, reference.feature), asStored);
    } else if (slotsOf(version).some((slot) => slot.name === name)) {
      this.#put(view, name, this.#taken(view, name), asStored);
    } else if (input) {
      const column = this.#spine.columns.find((each) => each.name === name);
      if (!column) {
        throw new JoinRefused(
          "missing-key",
          `The rows have no column "${name}", which expressions of view "${this.#request.views[view]?.view}" read.`,
        );
      }
      this.#put(view, name, `spine.${identifier(name)}`, inputConverter(input.type));
    } else if (entity) {
      const key = this.#keys.get(keys.find((each) => each.name === name)?.spine ?? "");
      const convert = converterOf(entity.type);
      // A key that is out of the entity's range belongs to no row.
      const converted = (cell: EngineCell) => {
        const value = convert(cell);
        return value instanceof ValueProblem ? null : value;
      };
      this.#put(view, name, `row_of.${key}`, converted);
    } else {
      throw new Error(`An expression reads "${name}", which is no column.`);
    }
  }

  #taken(view: number, feature: string): string {
    return `${takenTable(view)}.f${this.#plan.views[view]?.features.indexOf(feature)}`;
  }

  #put(view: number, name: string, expression: string, convert: (cell: EngineCell) => StoreValue | ValueProblem): void {
    const at = this.#expressions.push(expression) - 1;
    this.#read.set(`${view} ${name}`, { at, convert });
  }

  query(): string {
    const columns = this.#expressions.map((expression, index) => `${expression} AS c${index}`);
    const joins = this.#plan.views.map((_, index) => {
      return `LEFT JOIN ${takenTable(index)} ON ${takenTable(index)}.n = row_of.n`;
    });
    return [
      `SELECT ${columns.join(", ")} FROM ${spineTable} AS row_of`,
      `JOIN ${this.#spine.table} AS spine ON spine.rowid = row_of.n`,
      ...joins,
      "ORDER BY row_of.n",
    ].join("\n");
  }

  /** @throws JoinRefused for a cell of the caller's rows that is not of its type */
  valuesOf({ view }: ViewComputation, name: string, rows: readonly EngineCell[][], start: number): StoreValue[] {
    const column = this.#read.get(`${view} ${name}`);
    if (!column) throw new Error(`The column "${name}" was not planned.`);
    return rows.map((row, index) => {
      const value = column.convert(row[column.at] ?? null);
      if (!(value instanceof ValueProblem)) return value;
      throw new JoinRefused("key-type", `Row ${start + index} of "${name}": ${value.message}`);
    });
  }
}

/** A look-up answers an empty list as null, and so expressions read it. */
function asStored(cell: EngineCell): StoreValue {
  return Array.isArray(cell) && cell.length === 0 ? null : (cell as StoreValue);
}

/** Reads a request input from a cell of a file, which may not tell digits from a number, and has NaN in the place of a missing integer. */
function inputConverter(type: FeatureType): (cell: EngineCell) => StoreValue | ValueProblem {
  const convert = converterOf(type);
  const isInteger = type === "int32" || type === "int64";
  const isText = type === "string";
  const isList = elementTypeOf(type) !== undefined;
  return (cell) => {
    if (isInteger && typeof cell === "number" && Number.isNaN(cell)) return null;
    if (isText && (typeof cell === "number" || typeof cell === "bigint")) return convert(String(cell));
    return convert(isList && typeof cell === "string" ? parsedList(cell) : cell);
  };
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function computedType(ofViews: readonly ViewComputation[], { features }: Request, index: number): FeatureType {
  const { view, feature } = features[index] as Request["features"][number];
  const version = ofViews.find((each) => each.view === view)?.version;
  const expression = version?.expressions.find(({ name }) => name === feature);
  if (!expression) throw new Error(`"${feature}" is no expression of its view.`);
  return expression.type;
}

function slotType(version: ViewVersion | undefined, feature: string): FeatureType {
  const slot = version && slotsOf(version).find(({ name }) => name === feature);
  if (!slot) throw new Error(`"${feature}" is not stored.`);
  return slot.type;
}
