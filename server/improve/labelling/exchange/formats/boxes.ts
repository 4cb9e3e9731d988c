import { fieldOf } from "#server/base/text/field-of.ts";
import type { ControlRegion } from "../../contract.ts";
import { isControlRegion } from "../../regions/regions-of-control.ts";
import type { ExportedProject, ExportedTask } from "./exported-task.ts";
import { rowsOf } from "./rows.ts";

/** A picture with the boxes that annotators drew on it. */
export interface BoxedPicture {
  task: number;
  /** Name of its file in an archive, unique in the project: the id of the task, and the end of its address. */
  name: string;
  address: string;
  /** Pixels; null where nothing says it. */
  width: number | null;
  height: number | null;
  boxes: DrawnBox[];
}

/** An upright box that encloses what was drawn, as shares of the picture. */
interface DrawnBox {
  label: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Returns classes of all controls in alphabetical order: their positions are the ids in COCO and YOLO, as Label Studio numbers them. */
export function categoriesOf({ config }: ExportedProject): string[] {
  return [...new Set(config.controls.flatMap(({ classes }) => classes.map(({ name }) => name)))].toSorted();
}

/** Returns the picture of a task, or null when nobody could tell what is on it. */
export function boxedPicture(task: ExportedTask, { config }: ExportedProject): BoxedPicture | null {
  const labels = rowsOf(task);
  if (labels.length === 0) return null;
  const controls = config.controls.filter(({ kind }) => kind === "boxes");
  const object = config.objects.find(({ name }) => name === controls[0]?.toName);
  const shown = object && fieldOf(task.data, object.field);
  const address = typeof shown === "string" ? shown : JSON.stringify(shown ?? task.id);
  const regions = labels.flatMap((label) => label?.result ?? []);
  const drawn = regions
    .filter(isControlRegion)
    .filter(({ from_name }) => controls.some(({ name }) => name === from_name));
  const [sized] = drawn.filter(({ original_width: w, original_height: h }) => isSize(w) && isSize(h));
  const width = isSize(sized?.original_width) ? sized.original_width : (task.picture?.width ?? null);
  const height = isSize(sized?.original_height) ? sized.original_height : (task.picture?.height ?? null);
  return {
    task: task.id,
    name: fileName(task.id, address),
    address,
    width,
    height,
    boxes: drawn.flatMap((region) => boxesOf(region, width, height)),
  };
}

const isSize = (value: unknown): value is number => typeof value === "number" && value > 0 && value < 1e6;

function fileName(task: number, address: string): string {
  const end = address.startsWith("data:") ? "" : (address.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "");
  const safe = end.replaceAll(/[^\w.-]/g, "_").slice(-100);
  return safe ? `${task}__${safe}` : String(task);
}

function boxesOf({ value }: ControlRegion, width: number | null, height: number | null): DrawnBox[] {
  const [x, y, w, h, rotation] = ["x", "y", "width", "height", "rotation"].map(
    (name) => Number(value[name] ?? 0) / 100,
  ) as [number, number, number, number, number];
  const labels = Array.isArray(value.rectanglelabels) ? value.rectanglelabels.map(String) : [];
  const upright = enclosing(
    { left: x, top: y, width: w, height: h },
    rotation * 100,
    width && height ? width / height : 1,
  );
  return labels.map((label) => ({ label, ...upright }));
}

/** Encloses a box that is turned around its upper left corner. @param aspect width of the picture by its height */
function enclosing(box: Omit<DrawnBox, "label">, degrees: number, aspect: number): Omit<DrawnBox, "label"> {
  if (degrees === 0) return box;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // In units of the picture's height, in which both axes are alike.
  const [w, h] = [box.width * aspect, box.height];
  const xs = [0, w * cos, w * cos - h * sin, -h * sin];
  const ys = [0, w * sin, w * sin + h * cos, h * cos];
  const [left, right] = [Math.min(...xs) / aspect, Math.max(...xs) / aspect];
  return {
    left: box.left + left,
    top: box.top + Math.min(...ys),
    width: right - left,
    height: Math.max(...ys) - Math.min(...ys),
  };
}
