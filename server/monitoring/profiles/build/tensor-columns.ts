import { UnreadableFile } from "#server/datasets/rows/rows.ts";
import type { Value } from "#server/datasets/rows/value.ts";
import { parsedJson } from "#server/parsed-json.ts";
import type { Datatype, TensorSpec } from "#server/registry/onnx/contract.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { type ElementOf, elementOf } from "./element-of.ts";

/** How the cells of a row fill one tensor. */
export interface TensorColumns {
  tensor: string;
  datatype: Datatype;
  /** Elements of a row. */
  width: number;
  /** Writes a row's elements. @throws UnreadableFile for a cell that does not fit */
  fill(values: readonly Value[], at: number, into: unknown[], start: number): void;
}

/** Which columns of a table fill which inputs, and the features for which there is none. */
export interface ColumnPlan {
  tensors: TensorColumns[];
  lacking: string[];
}

/**
 * Finds the columns of features in a table: by their name, by the column that was named for them, or the whole tensor as one column of
 * lists. Pictures are no columns: their features are lacking.
 */
export function planColumns(
  specs: readonly FeatureSpec[],
  inputs: readonly TensorSpec[],
  columns: readonly string[],
  named: Record<string, string>,
): ColumnPlan {
  const tensors: TensorColumns[] = [];
  const lacking: string[] = [];
  const byTensor = Map.groupBy(
    specs.filter(({ role }) => role === "input"),
    ({ source }) => source.tensor,
  );
  const placeOf = (name: string) => columns.indexOf(named[name] ?? name);
  for (const [tensor, features] of byTensor) {
    const datatype = inputs.find(({ name }) => name === tensor)?.datatype ?? "FP32";
    const whole = placeOf(tensor);
    const [first] = features;
    const width = first && "width" in first.source ? first.source.width : 1;
    const places = features.map(({ name }) => placeOf(name));
    const isElements = features.every(({ source }) => source.from === "element");
    if (isElements && places.every((place) => place >= 0)) {
      tensors.push({ tensor, datatype, width, fill: fromColumns(places, columns, elementOf(datatype)) });
    } else if (whole >= 0 && first?.source.from === "text") {
      tensors.push({ tensor, datatype, width: 1, fill: fromColumns([whole], columns, elementOf(datatype)) });
    } else if (whole >= 0 && width > 1) {
      tensors.push({ tensor, datatype, width, fill: fromList(whole, columns, width, elementOf(datatype)) });
    } else {
      const absent = features.filter((_, index) => !isElements || (places[index] as number) < 0);
      lacking.push(...(isElements ? absent.map(({ name }) => name) : [tensor]));
    }
  }
  return { tensors, lacking };
}

function fromColumns(places: number[], columns: readonly string[], element: ElementOf): TensorColumns["fill"] {
  return (values, at, into, start) => {
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] as number;
      into[start + index] = element(values[place] ?? null, at, columns[place] as string);
    }
  };
}

function fromList(place: number, columns: readonly string[], width: number, element: ElementOf): TensorColumns["fill"] {
  return (values, at, into, start) => {
    const cell = values[place];
    const list = cell ? parsedJson(cell.text) : undefined;
    const column = columns[place] as string;
    if (cell && (!Array.isArray(list) || list.length !== width)) {
      throw new UnreadableFile(`Line ${at}: column "${column}" holds no list of ${width} numbers.`, {
        line: at,
        column,
      });
    }
    for (let index = 0; index < width; index += 1) {
      const number = Array.isArray(list) ? Number(list[index] ?? Number.NaN) : Number.NaN;
      const value: Value = Number.isNaN(number) ? null : { kind: "number", text: String(number), number };
      into[start + index] = element(value, at, column);
    }
  };
}
