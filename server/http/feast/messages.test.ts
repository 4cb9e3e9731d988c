import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { decode, encode, type Messages, withField, withoutField } from "./messages.ts";

const spec = {
  name: "driver_stats",
  entities: ["driver"],
  features: [{ name: "conv_rate", value_type: 6, tags: { a: "b" }, description: "" }],
  tags: { "leeway.stale": "serve" },
  ttl: { seconds: 86_400, nanos: 0 },
  online: true,
  description: "",
  owner: "",
  entity_columns: [{ name: "driver_id", value_type: 4, tags: {}, description: "" }],
};

test("reads what it writes, with defaults for what was not sent", () => {
  expect(decode("ViewSpec", encode("ViewSpec", spec))).toMatchObject(spec);
  expect(decode("ViewSpec", new Uint8Array())).toEqual({
    name: "",
    project: "",
    entities: [],
    features: [],
    tags: {},
    online: false,
    description: "",
    owner: "",
    entity_columns: [],
    offline: false,
  });
});

test("keeps fields that it does not know, and replaces one", () => {
  // Field 77 is of a newer client.
  const newer = withField(
    encode("Described", { spec: Buffer.from("spec"), meta: Buffer.from("old") }),
    77,
    Buffer.from("new"),
  );
  const kept = withoutField(newer, 2);
  expect(kept.equals(Buffer.from([0x0a, 4, ...Buffer.from("spec"), 0xea, 0x04, 3, ...Buffer.from("new")]))).toBe(true);
  const answered = withField(kept, 2, Buffer.from("meta"));
  expect(Buffer.from(decode("Described", answered).meta ?? []).toString()).toBe("meta");
  expect(withoutField(answered, 2).equals(kept)).toBe(true);
});

test.each([
  ["a length beyond the end", Buffer.from([0x0a, 0x7f, 1])],
  ["a type that does not exist", Buffer.from([0x0f])],
  ["nested groups", Buffer.alloc(100_000, 0x0b)],
  ["a number that does not end", Buffer.alloc(20, 0xff)],
])("refuses %s", (_, bytes) => {
  expect(() => withoutField(bytes, 2)).toThrow(DomainError);
  expect(() => decode("ViewSpec", bytes)).toThrow(DomainError);
});

test("survives random bytes in every message", () => {
  let state = 3;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const names: (keyof Messages)[] = [
    "ViewSpec",
    "DataSource",
    "ServiceSpec",
    "ApplyViewRequest",
    "ListAllViewsRequest",
    "EntitySpec",
  ];
  const valid = encode("ViewSpec", spec);
  for (let round = 0; round < 5_000; round += 1) {
    const bytes = round % 2 ? Buffer.from(valid) : Buffer.from(Array.from({ length: next() % 60 }, next));
    if (round % 2) bytes[next() % bytes.length] = next();
    for (const read of [() => decode(names[round % names.length] ?? "ViewSpec", bytes), () => withoutField(bytes, 2)]) {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }
  }
});
