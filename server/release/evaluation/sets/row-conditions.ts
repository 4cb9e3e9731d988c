import { DomainError } from "#server/base/errors.ts";
import { readConditions } from "#server/base/filter/read-conditions.ts";
import type { RawColumn } from "#server/develop/datasets/rows/columns.ts";
import { type Value, valueOfText } from "#server/develop/datasets/rows/value.ts";

const help = 'Example: weight_kg > 20 and weather = "rain"';
const signs = ["=", "!=", "~", "<", "<=", ">", ">="] as const;
type Sign = (typeof signs)[number];

interface RowCondition {
  column: string;
  sign: Sign;
  value: string;
}

/** Whether a row meets conditions. */
export type RowTest = (columns: readonly RawColumn[], row: number) => boolean;

/**
 * Reads conditions on columns, joined by "and": = and != compare values as they are written, ~ finds a text in them, and the others compare
 * numbers and times. A missing value equals "", and meets no other condition but !=.
 * @param columns names of the columns of the table
 * @throws DomainError "invalid" for what cannot be read, or names no column
 */
export function rowTest(text: string, columns: readonly string[]): RowTest {
  const { conditions, problem } = readConditions<RowCondition>(text, help, ({ field, sign, value }) => {
    if (!sign || !value) return `Expected a column, a sign and a value. ${help}`;
    const known = signs.find((one) => one === sign.text);
    if (!known) return `Expected one of ${signs.join(" ")}. ${help}`;
    if (!columns.includes(field.text)) return `There is no column "${field.text}".`;
    if (isOrder(known) && Number.isNaN(orderOf(valueOfText(value.text)))) {
      return `"${value.text}" is neither a number nor a time.`;
    }
    return { column: field.text, sign: known, value: value.text };
  });
  if (problem) throw new DomainError("invalid", `Conditions "${text}": ${problem.message}`);
  if (conditions.length === 0) throw new DomainError("invalid", `Enter a condition. ${help}`);
  const tests = conditions.map((condition) => testOf(condition, columns.indexOf(condition.column)));
  return (batch, row) => tests.every((test) => test(batch, row));
}

function testOf({ sign, value }: RowCondition, index: number): RowTest {
  const wanted = valueOfText(value);
  const [text, order] = [wanted?.text ?? "", orderOf(wanted)];
  return (columns, row) => {
    const column = columns[index];
    const cell = column ? column.value(column.cells[row]) : null;
    if (sign === "=") return (cell?.text ?? "") === text;
    if (sign === "!=") return (cell?.text ?? "") !== text;
    if (cell === null) return false;
    if (sign === "~") return cell.text.includes(value);
    const number = orderOf(cell);
    if (sign === "<") return number < order;
    if (sign === "<=") return number <= order;
    return sign === ">" ? number > order : number >= order;
  };
}

const isOrder = (sign: Sign) => sign.startsWith("<") || sign.startsWith(">");

/** Number by which values are compared; NaN for texts. */
function orderOf(value: Value): number {
  return value === null || value.kind === "text" ? Number.NaN : value.number;
}
