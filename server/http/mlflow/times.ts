import { type Field, wrongType } from "./fields.ts";

/** Returns a field for a time as RFC 3339 text, as protobuf writes it in JSON. @returns milliseconds since 1970. */
export function timeOf(): Field<number | undefined> {
  return {
    read(sent, path) {
      if (sent === undefined || sent === null) return undefined;
      const isTime = typeof sent === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(sent);
      const milliseconds = isTime ? Date.parse(sent) : Number.NaN;
      if (Number.isNaN(milliseconds)) throw wrongType(sent, path);
      return Math.trunc(milliseconds);
    },
  };
}

/** Returns a field for a duration, as protobuf writes it in JSON: "0.118s". @returns milliseconds. */
export function durationOf(): Field<number | undefined> {
  return {
    read(sent, path) {
      if (sent === undefined || sent === null) return undefined;
      const seconds = typeof sent === "string" ? /^(\d{1,12}(?:\.\d+)?)s$/.exec(sent)?.[1] : undefined;
      if (seconds === undefined) throw wrongType(sent, path);
      return Math.round(Number(seconds) * 1000);
    },
  };
}
