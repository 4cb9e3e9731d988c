import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import type { LabelConfig } from "../contract.ts";
import { compareLabelConfigs } from "./compare-label-configs.ts";
import { parseLabelConfig } from "./parse-label-config.ts";
import { writeLabelConfig } from "./write-label-config.ts";

const parcels = `<View>
  <Style>.x { color: red }</Style>
  <Header value="What is wrong with this parcel?"/>
  <View className="row">
    <Image name="image" value="$image"/>
    <Choices name="damage" toName="image" choice="single" required="true">
      <Choice value="Intact" alias="intact" hotkey="1"/>
      <Choice value="dent"/>
    </Choices>
  </View>
  <RectangleLabels name="box" toName="image">
    <Label value="dent" background="#f00"/>
    <Label value="tear"/>
  </RectangleLabels>
</View>`;

test("reads what is shown and asked, with the alias as the class's name", () => {
  expect(parseLabelConfig(parcels)).toEqual({
    question: "What is wrong with this parcel?",
    objects: [{ name: "image", kind: "image", field: "image" }],
    controls: [
      {
        name: "damage",
        toName: "image",
        kind: "class",
        type: "choices",
        isRequired: true,
        classes: [
          { name: "intact", title: "Intact", hotkey: "1" },
          { name: "dent", title: "dent" },
        ],
      },
      {
        name: "box",
        toName: "image",
        kind: "boxes",
        type: "rectanglelabels",
        isRequired: false,
        classes: [
          { name: "dent", title: "dent", color: "#f00" },
          { name: "tear", title: "tear" },
        ],
      },
    ],
    unknownTags: [],
  } satisfies LabelConfig);
});

test("reads spans, several choices, numbers, texts and ratings", () => {
  const text = `<View><Text name="text" value="$text"/><Table name="row" value="$row.values"/>
    <Labels name="ner" toName="text"><Label value="PER"/></Labels>
    <Choices name="tone" toName="text" choice="multiple"><Choice value="good"/></Choices>
    <Number name="pieces" toName="row" min="0" max="10.5" step="0.5"/>
    <TextArea name="why" toName="row"/>
    <Rating name="sure" toName="row" maxRating="7"/></View>`;
  const { objects, controls } = parseLabelConfig(text);
  expect(objects.map(({ kind, field }) => [kind, field])).toEqual([
    ["text", "text"],
    ["row", "row.values"],
  ]);
  expect(controls.map(({ kind, min, max, step }) => [kind, min, max, step])).toEqual([
    ["spans", undefined, undefined, undefined],
    ["multilabel", undefined, undefined, undefined],
    ["number", 0, 10.5, 0.5],
    ["text", undefined, undefined, undefined],
    ["ordinal", 1, 7, 1],
  ]);
});

const view = (inner: string) => `<View><Text name="text" value="$text"/>${inner}</View>`;
const choices = '<Choices name="tone" toName="text"><Choice value="good"/></Choices>';

test.each([
  ["<View>", /not well-formed XML.*1:6/],
  ["<View></Text>", /not well-formed XML/],
  ["", /not well-formed XML/],
  ['<!DOCTYPE v [<!ENTITY a "b">]><View/>', /document type/],
  [view("&secret;"), /undefined entity/],
  ["<Text/>", /outermost tag must be <View>, not <Text>/],
  [view(""), /has no control/],
  [`<View>${choices}</View>`, /has no object/],
  ['<View><Text name="text" value="plain"/></View>', /<Text name="text"> must show a field of the task/],
  [view(choices + choices), /"tone" is used twice, by <Choices> and <Choices>/],
  [
    view(choices.replace('toName="text"', 'toName="picture"')),
    /toName="picture" of <Choices name="tone"> is not among/,
  ],
  [view(choices.replace('toName="text"', "")), /<Choices name="tone"> needs toName/],
  [view(choices.replace('name="tone" ', "")), /<Choices> needs a name/],
  [view('<Choices name="tone" toName="text"/>'), /needs at least one <Choice>/],
  [view(choices.replace("/></Choices>", '/><Choice value="good"/></Choices>')), /has "good" twice/],
  [view('<Choices name="tone" toName="text" choice="many"><Choice value="a"/></Choices>'), /choice="many"/],
  [view('<Choices name="tone" toName="text" value="$options"/>'), /<Choices> cannot take its classes from the task/],
  [
    view('<Choices name="t" toName="text"><Choice value="a"><Choice value="b"/></Choice></Choices>'),
    /choices of its own/,
  ],
  [
    view('<RectangleLabels name="box" toName="text"><Label value="a"/></RectangleLabels>'),
    /must be about <Image>, not <Text>/,
  ],
  [view('<Rating name="r" toName="text" maxRating="0"/>'), /maxRating of <Rating name="r">/],
  [view('<Number name="n" toName="text" min="five"/>'), /min="five" of <Number name="n"> is not a number/],
  [view('<Number name="n" toName="text" min="5" max="4"/>'), /min above its max/],
  [view('<Taxonomy name="t" toName="text"/>'), /does not know the tag <Taxonomy>.*keep_unknown=true/],
  [`<View>${"<View>".repeat(40)}`, /nested deeper than 30/],
  [`<View>${"<View/>".repeat(6_000)}</View>`, /more than 5000 tags/],
  ["<View>".padEnd(2 ** 18 + 1), /longer than 262,144 characters/],
])("refuses %j", (text, message) => {
  expect(() => parseLabelConfig(text)).toThrow(message);
  expect(() => parseLabelConfig(text)).toThrow(DomainError);
});

test("keeps unknown tags on request, and still checks names", () => {
  const text = view(`${choices}<Taxonomy name="kinds" toName="text"/><BrushLabels name="mask" toName="text"/>`);
  const config = parseLabelConfig(text, { keepUnknown: true });
  expect(config.unknownTags).toEqual(["Taxonomy", "BrushLabels"]);
  expect(config.controls.map(({ name }) => name)).toEqual(["tone"]);
  const onlyUnknown = view('<Taxonomy name="kinds" toName="text"/>');
  expect(() => parseLabelConfig(onlyUnknown, { keepUnknown: true })).toThrow(
    /has no control.*beside the tags.*<Taxonomy>/,
  );
  const clash = view(`<Taxonomy name="tone" toName="text"/>${choices}`);
  expect(() => parseLabelConfig(clash, { keepUnknown: true })).toThrow(/"tone" is used twice, by <Taxonomy>/);
});

test("writes what it reads, names with quotes and line breaks included", () => {
  const odd = view(
    '<Choices name="tone" toName="text" required="true"><Choice value="a &lt;b&gt; &quot;c&quot;&#10;&amp;" alias="x"/></Choices><Number name="n" toName="text" step="0.1"/><Rating name="r" toName="text"/>',
  );
  for (const text of [parcels, odd]) {
    const config = parseLabelConfig(text);
    expect(parseLabelConfig(writeLabelConfig(config))).toEqual(config);
  }
});

test("compares classes by the name that results use", () => {
  const before = parseLabelConfig(parcels);
  const after = parseLabelConfig(
    parcels
      .replace('value="Intact" alias="intact"', 'value="Undamaged" alias="intact"')
      .replace('<Choice value="dent"/>', '<Choice value="wet"/>')
      .replace("</View>\n  <Rect", '<TextArea name="why" toName="image"/></View>\n  <Rect'),
  );
  expect(compareLabelConfigs(before, before)).toEqual([]);
  expect(compareLabelConfigs(before, after)).toEqual([
    {
      control: "damage",
      change: "classes",
      added: ["wet"],
      renamed: [{ name: "intact", from: "Intact", to: "Undamaged" }],
      removed: ["dent"],
    },
    { control: "why", change: "added", added: [], renamed: [], removed: [] },
  ]);
  expect(compareLabelConfigs(after, before).map(({ control, change }) => [control, change])).toEqual([
    ["damage", "classes"],
    ["why", "removed"],
  ]);
});

test("reads the longest configuration in milliseconds", () => {
  const many = Array.from({ length: 1000 }, (_, index) => `<Choice value="class number ${index}"/>`).join("");
  const text = view(`<Choices name="tone" toName="text">${many}</Choices>`);
  expect(parseLabelConfig(text).controls[0]?.classes).toHaveLength(1000);
  const startedAt = performance.now();
  for (const hostile of ["<", "&", '"', "<View a='", "<!--", "<![CDATA[", "&#", "]]>"]) {
    expect(() => parseLabelConfig(`<View>${hostile.repeat(200_000 / hostile.length)}`)).toThrow();
  }
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
