import { boxedPicture, categoriesOf } from "./boxes.ts";
import type { ExportedProject, TaskPages } from "./exported-task.ts";

/**
 * Writes the `result.json` of COCO: boxes in pixels, ids from 0 in the order of tasks. Boxes of a picture whose size is unknown cannot be, and are
 * counted in `info`.
 */
export async function* writeCoco(pages: TaskPages, project: ExportedProject, now: Date): AsyncGenerator<string> {
  const categories = categoriesOf(project);
  const ids = new Map(categories.map((name, id) => [name, id]));
  const annotations: string[] = [];
  let [images, unsized] = [0, 0];
  yield '{"images":[';
  for await (const page of pages) {
    const lines: string[] = [];
    for (const task of page) {
      const picture = boxedPicture(task, project);
      if (!picture) continue;
      const { width, height, name, address, boxes } = picture;
      const id = images;
      const url = /^https?:/.test(address) ? { coco_url: address } : {};
      lines.push(JSON.stringify({ width, height, id, file_name: `images/${name}`, ...url }));
      images += 1;
      if (width === null || height === null) {
        unsized += boxes.length;
        continue;
      }
      for (const box of boxes) {
        const bbox = [box.left * width, box.top * height, box.width * width, box.height * height].map(rounded);
        const area = rounded((bbox[2] ?? 0) * (bbox[3] ?? 0));
        const category_id = ids.get(box.label);
        const at = { id: annotations.length, image_id: id, category_id };
        annotations.push(JSON.stringify({ ...at, segmentation: [], bbox, ignore: 0, iscrowd: 0, area }));
      }
    }
    if (lines.length > 0) yield (images > lines.length ? ",\n" : "\n") + lines.join(",\n");
  }
  const info = {
    year: now.getUTCFullYear(),
    version: "1.0",
    description: unsized > 0 ? `${unsized} boxes of pictures of unknown size are left out.` : "",
    contributor: "Leeway",
    url: "",
    date_created: now.toISOString(),
  };
  const named = categories.map((name, id) => ({ id, name }));
  yield `],\n"categories":${JSON.stringify(named)},\n"annotations":[\n${annotations.join(",\n")}],\n"info":${JSON.stringify(info)}}`;
}

/** Without the digits that only binary fractions have. */
const rounded = (value: number) => Number(value.toFixed(6));
