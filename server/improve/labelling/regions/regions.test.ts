import { describe, expect, test } from "vitest";
import { parseLabelConfig } from "../config/parse-label-config.ts";
import type { LabelConfig, LabelValue } from "../contract.ts";
import { problemOfLabelValue } from "../values/problem-of-label-value.ts";
import { lengthInCodePoints, sliceCodePoints } from "./code-points.ts";
import { readRegions, readValues } from "./read-regions.ts";
import { writeRegions } from "./write-regions.ts";

const config = parseLabelConfig(`<View>
  <Image name="image" value="$image"/><Text name="text" value="$text"/>
  <Choices name="damage" toName="image"><Choice value="Dented" alias="dent"/><Choice value="tear"/></Choices>
  <RectangleLabels name="box" toName="image"><Label value="dent"/><Label value="tear"/></RectangleLabels>
  <Labels name="ner" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="tone" toName="text" choice="multiple"><Choice value="good"/><Choice value="bad"/></Choices>
  <Number name="pieces" toName="text" min="0" max="100"/>
  <TextArea name="why" toName="text"/>
  <Rating name="sure" toName="text" maxRating="5"/>
</View>`);

/** The same configuration with one control first, as the value is about that. */
function about(name: string): LabelConfig {
  const first = config.controls.filter((one) => one.name === name);
  return { ...config, controls: [...first, ...config.controls.filter((one) => one.name !== name)] };
}

const region = (from_name: string, type: string, value: object, extra: object = {}) => {
  const to_name = config.controls.find(({ name }) => name === from_name)?.toName ?? "image";
  return { from_name, to_name, type, value, ...extra };
};
const box = { x: 12.5, y: 30, width: 25, height: 10, rotation: 0, rectanglelabels: ["tear"] };
const size = { original_width: 640, original_height: 480, image_rotation: 0 };

describe("reads", () => {
  test.each<[string, object[], LabelValue | null]>([
    ["damage", [region("damage", "choices", { choices: ["dent"] })], { kind: "class", label: "dent" }],
    ["damage", [region("damage", "choices", { choices: [] })], null],
    ["damage", [region("pieces", "number", { number: 4 })], null],
    [
      "box",
      [
        region("box", "rectanglelabels", box, size),
        region("box", "rectanglelabels", { ...box, x: -0.2, rotation: 30 }),
      ],
      {
        kind: "boxes",
        boxes: [
          { label: "tear", x: 12.5, y: 30, width: 25, height: 10 },
          { label: "tear", x: 0, y: 30, width: 25, height: 10, rotation: 30 },
        ],
      },
    ],
    [
      "box",
      [
        region("box", "rectanglelabels", { ...box, x: -0.25, width: 100.25, y: 50, height: 50.25 }),
        region("box", "rectanglelabels", { ...box, x: -0.25, width: 0.25 }),
        region("box", "rectanglelabels", { ...box, height: 0 }),
      ],
      { kind: "boxes", boxes: [{ label: "tear", x: 0, y: 50, width: 100, height: 50 }] },
    ],
    ["ner", [region("ner", "labels", { start: 2, end: 2, labels: ["PER"] })], { kind: "spans", spans: [] }],
    ["box", [], { kind: "boxes", boxes: [] }],
    [
      "ner",
      [region("ner", "labels", { start: 2, end: 5, text: "Ada", labels: ["PER", "ORG"] })],
      {
        kind: "spans",
        spans: [
          { label: "PER", start: 2, end: 5 },
          { label: "ORG", start: 2, end: 5 },
        ],
      },
    ],
    ["ner", [], { kind: "spans", spans: [] }],
    [
      "tone",
      [region("tone", "choices", { choices: ["bad", "good"] }), region("tone", "choices", { choices: ["good"] })],
      { kind: "multilabel", labels: ["bad", "good"] },
    ],
    ["tone", [], { kind: "multilabel", labels: [] }],
    ["pieces", [region("pieces", "number", { number: 42 })], { kind: "number", number: 42 }],
    ["why", [region("why", "textarea", { text: ["one", "two"] })], { kind: "text", text: "one\ntwo" }],
    ["sure", [region("sure", "rating", { rating: 4 })], { kind: "ordinal", rating: 4 }],
    ["sure", [], null],
  ])("%s from %j", (name, sent, value) => {
    const text = "👋 Ada";
    const read = readRegions(about(name), sent, { text });
    expect(read.value).toEqual(value);
    expect(read.regions).toEqual(sent);
  });
});

test("keeps every field that a client sent", () => {
  const sent = [
    region("damage", "choices", { choices: ["dent"], more: { deep: [1] } }, { id: "aB3", score: 0.4, hidden: true }),
  ];
  expect(readRegions(config, sent).regions).toEqual(sent);
});

test.each<[unknown, RegExp]>([
  ["dent", /result must be a list/],
  [[7], /Region 0 is invalid/],
  [[{ type: "relation", from_id: "a" }], /Region 0 is invalid: to_id/],
  [[{ type: "choices", from_id: "a", to_id: "b" }], /Region 0 is invalid: from_name/],
  [[region("damage", "choices", { choices: ["wet"] })], /Region 0 of "damage".*does not have the class "wet"/],
  [[region("damage", "choices", { choices: ["Dented"] })], /does not have the class "Dented"/],
  [[region("damage", "choices", { choices: ["dent", "tear"] })], /several choices/],
  [[region("damage", "choices", { choices: "dent" })], /needs a list of classes/],
  [["dent", "tear"].map((one) => region("damage", "choices", { choices: [one] })), /"damage" is answered twice/],
  [[region("damage", "labels", {})], /must have the type "choices", not "labels"/],
  [[{ ...region("damage", "choices", { choices: ["dent"] }), to_name: "text" }], /must be about "image", not "text"/],
  [[region("colour", "choices", { choices: ["red"] })], /of "colour", which the configuration does not have/],
  [[region("box", "rectanglelabels", { ...box, x: 640 })], /x is in percent of the picture/],
  [[region("box", "rectanglelabels", { ...box, width: null })], /needs width, a number/],
  [[region("ner", "labels", { start: 3, end: 2, labels: ["PER"] })], /start not after the end/],
  [[region("ner", "labels", { start: 0, end: 6, labels: ["PER"] })], /ends at 6, but the text has 5 characters/],
  [[region("pieces", "number", { number: 101 })], /101 is outside 0 to 100/],
  [[region("pieces", "number", { number: "4" })], /needs number, a number/],
  [[region("why", "textarea", { text: [4] })], /needs text/],
  [[region("sure", "rating", { rating: 6 })], /whole number from 1 to 5/],
  [Array.from({ length: 1001 }, () => region("pieces", "number", { number: 4 })), /more than 1000 regions/],
  [[region("why", "textarea", { text: ["x".repeat(600_000)] })], /longer than 500,000 characters/],
])("refuses %j", (sent, message) => {
  expect(() => readRegions(config, sent, { text: "👋 Ada" })).toThrow(message);
});

test("takes any region of controls that are kept without being known", () => {
  const kept = { ...config, unknownTags: ["Taxonomy"] };
  const sent = [{ from_name: "kinds", to_name: "text", type: "taxonomy", value: { taxonomy: [["a", "b"]] } }];
  expect(readRegions(kept, sent).regions).toEqual(sent);
});

test("checks spans against a text within another field", () => {
  const objects = config.objects.map((one) => (one.name === "text" ? { ...one, field: "row.text" } : one));
  const own = { ...about("ner"), objects };
  const data = { row: { text: "👋 Ada" } };
  const sent = [region("ner", "labels", { start: 0, end: 6, labels: ["PER"] })];
  expect(() => readRegions(own, sent, data)).toThrow("ends at 6, but the text has 5 characters");
  const value = { kind: "spans" as const, spans: [{ label: "PER", start: 0, end: 6 }] };
  expect(problemOfLabelValue(own, value, data)).toBe("A span ends at 6, and the text at 5.");
});

test("keeps relations between regions, which say nothing", () => {
  const relation = { type: "relation", from_id: "a", to_id: "b", direction: "right", labels: ["works for"] };
  const sent = [
    region("ner", "labels", { start: 2, end: 5, labels: ["PER"] }, { id: "a" }),
    { ...relation, from_name: "ner" },
    relation,
  ];
  const own = about("ner");
  const value = { kind: "spans", spans: [{ label: "PER", start: 2, end: 5 }] };
  const read = readRegions(own, sent, { text: "👋 Ada" });
  expect(read).toEqual({ regions: sent, value });
  expect(readValues(own, read.regions).get("ner")).toEqual(value);
});

test("writes values that read as the same value, spans with their text", () => {
  const values: Record<string, LabelValue> = {
    damage: { kind: "class", label: "dent" },
    box: { kind: "boxes", boxes: [{ label: "tear", x: 1, y: 2, width: 3, height: 4, rotation: 5 }] },
    ner: {
      kind: "spans",
      spans: [
        { label: "PER", start: 2, end: 5 },
        { label: "ORG", start: 0, end: 1 },
      ],
    },
    tone: { kind: "multilabel", labels: ["good", "bad"] },
    pieces: { kind: "number", number: 0 },
    why: { kind: "text", text: "two\nlines" },
    sure: { kind: "ordinal", rating: 1 },
  };
  for (const [name, value] of Object.entries(values)) {
    const own = about(name);
    const [control] = own.controls;
    if (!control) throw new Error("no control");
    const regions = writeRegions(control, value, { text: "👋 Ada", picture: { width: 640, height: 480 } });
    expect(readRegions(own, regions, { text: "👋 Ada" }).value).toEqual(value);
    if (name === "ner") expect(regions.map((one) => one.value.text)).toEqual(["Ada", "👋"]);
    if (name === "box") expect(regions[0]).toMatchObject({ original_width: 640, original_height: 480 });
  }
});

test("reads values of a thousand boxes or spans that can be stored", () => {
  const many = (one: (at: number) => object) => Array.from({ length: 1000 }, (_, at) => one(at));
  const cases = {
    box: many((at) =>
      region("box", "rectanglelabels", { ...box, x: at / 13, y: at / 17, width: 10 / 3, height: 10 / 7 }, size),
    ),
    ner: many((at) => region("ner", "labels", { start: at, end: at + 1, labels: ["PER"] })),
  };
  const text = "x".repeat(1001);
  for (const [name, sent] of Object.entries(cases)) {
    const own = about(name);
    const { value } = readRegions(own, sent, { text });
    if (!value) throw new Error("no value");
    expect(problemOfLabelValue(own, value, { text })).toBeUndefined();
  }
});

test("counts in code points", () => {
  const text = "a👋b👩‍👧\ud83d";
  expect(lengthInCodePoints(text)).toBe([...text].length);
  for (let start = 0; start <= 7; start += 1) {
    for (let end = start; end <= 8; end += 1) {
      expect(sliceCodePoints(text, start, end)).toBe([...text].slice(start, end).join(""));
    }
  }
});
