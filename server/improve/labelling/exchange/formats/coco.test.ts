import { expect, test } from "vitest";
import { parseLabelConfig } from "../../config/parse-label-config.ts";
import { writeCoco } from "./coco.ts";
import type { ExportedProject, ExportedTask } from "./exported-task.ts";

const config = parseLabelConfig(`<View><Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="dent"/></RectangleLabels></View>`);
const project: ExportedProject = { id: 1, name: "Boxes", config, fields: ["image"], isConsensus: false };
const at = new Date("2026-05-01T10:00:00Z");

const boxes = Array.from({ length: 20 }, (_, index) => ({
  id: `b${index}`,
  from_name: "box",
  to_name: "image",
  type: "rectanglelabels",
  value: { x: index, y: 2, width: 3, height: 4, rotation: 0, rectanglelabels: ["dent"] },
}));
const taskOf = (id: number): ExportedTask => ({
  id,
  data: { image: `https://example.org/${id}/image.png` },
  meta: {},
  createdAt: at,
  updatedAt: at,
  picture: { width: 200, height: 100 },
  labels: [{ result: boxes, value: null, cannotTell: false, leadTime: null, createdAt: at, updatedAt: at }],
  predictions: [],
});

async function* pages(): AsyncGenerator<ExportedTask[]> {
  for (let page = 0; page < 25; page += 1) yield Array.from({ length: 100 }, (_, index) => taskOf(page * 100 + index));
}

test("writes boxes page by page, so that no text grows with the project", async () => {
  const pieces: string[] = [];
  for await (const piece of writeCoco(pages(), project, at)) pieces.push(piece);
  const text = pieces.join("");
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(text.length / 20);
  const { annotations, images, categories } = JSON.parse(text);
  expect([annotations.length, images.length, categories]).toEqual([50_000, 2_500, [{ id: 0, name: "dent" }]]);
  expect(annotations[20]).toMatchObject({ id: 20, image_id: 1, category_id: 0, bbox: [0, 2, 6, 4] });
  expect(images.at(-1)).toMatchObject({ id: 2_499, width: 200, file_name: "images/2499__image.png" });
});

test("writes a project without boxes", async () => {
  const pieces: string[] = [];
  for await (const piece of writeCoco((async function* () {})(), project, at)) pieces.push(piece);
  expect(JSON.parse(pieces.join(""))).toMatchObject({ annotations: [], images: [] });
});
