import {
  type FilterProblem,
  readConditions,
  readTime,
  type WrittenCondition,
} from "#server/base/filter/read-conditions.ts";
import { arms } from "../windows/contract.ts";
import { type ListPredictions, loggedReasons } from "./contract.ts";

/** Filters that a query may use on the log. `version` is a number, to be looked up among those of the endpoint. */
type PredictionQuery = Pick<
  ListPredictions,
  | "from"
  | "to"
  | "arm"
  | "status"
  | "failed"
  | "label"
  | "confidenceBelow"
  | "latencyMsFrom"
  | "latencyMsBelow"
  | "inputs"
  | "loggedReason"
  | "search"
> & { version?: number };

type Parsed = { query: PredictionQuery; problem?: never } | { query?: never; problem: FilterProblem };

/** Words of each field, for messages and suggestions. */
const queryNames = {
  status: ["failed"],
  label: ["with", "without", "right", "wrong"],
  arm: arms,
  loggedReason: loggedReasons,
} as const;

const help = "Example: label = wrong and confidence < 0.6 and at > -24h";

/**
 * Parses conditions joined by "and", each field once but `at`, `latency` and inputs. Fields: version, arm, status (a number or "failed"),
 * label, loggedReason and id with =, confidence with <, at and latency (milliseconds) with < or >, and inputs by name, input.carrier, with =, < or >.
 */
export function parsePredictionQuery(text: string, now: Date): Parsed {
  const { conditions, problem } = readConditions(text, help, (written) => read(written, now));
  if (problem) return { problem };
  const query: PredictionQuery = Object.assign({}, ...conditions);
  const inputs = conditions.flatMap((condition) => condition.inputs ?? []);
  if (inputs.length > 0) query.inputs = inputs;
  const once = conditions.flatMap(Object.keys).filter((key) => key !== "inputs");
  const twice = once.find((key, index) => once.indexOf(key) !== index);
  if (twice) return { problem: { message: "Each field can be used only once.", from: 0, to: text.length } };
  return { query };
}

/** Parses a condition; returns a message if it is invalid. */
function read({ field, sign, value }: WrittenCondition, now: Date): PredictionQuery | string {
  const name = field.text.toLowerCase();
  if (name.startsWith(inputPrefix)) return readInput(field.text.slice(inputPrefix.length), sign?.text, value?.text);
  const read = readers[name];
  if (!read) return `Unknown field "${field.text}". ${help}`;
  if (!sign || !value) return `Expected a comparison and a value after "${name}". ${help}`;
  return read(sign.text, value.text, now);
}

const inputPrefix = "input.";

function readInput(name: string, sign: string | undefined, value: string | undefined): PredictionQuery | string {
  if (name === "") return "Specify an input: input.carrier = UA";
  if (sign !== "=" && sign !== "<" && sign !== ">") return `Inputs can be compared with =, < or >: input.${name} = …`;
  if (value === undefined) return `Expected a value after "input.${name} ${sign}".`;
  if (sign !== "=" && !Number.isFinite(Number(value))) return `Compare input.${name} with a number, or use =.`;
  return { inputs: [{ name, sign, value }] };
}

type Read = (sign: string, value: string, now: Date) => PredictionQuery | string;

const readers: Record<string, Read> = {
  version: equal("version", (value) =>
    /^v?[1-9]\d{0,8}$/.test(value) ? { version: Number(value.replace("v", "")) } : "Use a version such as 3 or v3.",
  ),
  status: equal("status", (value) => {
    if (value === "failed") return { failed: true };
    return /^[1-5]\d\d$/.test(value)
      ? { status: Number(value) }
      : 'Use a status code such as 400, or "failed" for all failures.';
  }),
  arm: oneOf("arm", queryNames.arm),
  label: oneOf("label", queryNames.label),
  loggedreason: oneOf("loggedReason", queryNames.loggedReason),
  // The name until the first release, which links and bookmarks may still have.
  kept: oneOf("loggedReason", queryNames.loggedReason),
  id: equal("id", (value) => ({ search: value })),
  confidence: (sign, value) => {
    const below = Number(value);
    if (sign !== "<") return "Confidence can only be compared with <: confidence < 0.6";
    return below > 0 && below <= 1 ? { confidenceBelow: below } : "Confidence must be between 0 and 1.";
  },
  latency: (sign, value) => {
    const milliseconds = Number(value);
    if (sign !== "<" && sign !== ">") return "Latency can be compared with < or >, in milliseconds: latency > 200";
    if (!(milliseconds >= 0)) return "Use milliseconds for latency: latency > 200";
    return sign === "<" ? { latencyMsBelow: milliseconds } : { latencyMsFrom: milliseconds };
  },
  at: (sign, value, now) => {
    if (sign !== "<" && sign !== ">") return "Times can be compared with < or >: at > -24h";
    const moment = readTime(value, now);
    if (!moment) return "Use a time such as -24h, 2026-05-01 or 2026-05-01T14:00Z";
    return sign === "<" ? { to: moment } : { from: moment };
  },
};

function equal(name: string, make: (value: string) => PredictionQuery | string): Read {
  return (sign, value) => (sign === "=" ? make(value) : `${name} can only be compared with =. ${help}`);
}

function oneOf<Name extends "arm" | "label" | "loggedReason">(name: Name, words: readonly string[]): Read {
  return equal(name, (value) =>
    words.includes(value) ? { [name]: value } : `${name} must be one of ${words.join(", ")}.`,
  );
}
