/** Size of a panel on the grid: thirds of its width, and rows. */
export interface PanelSize {
  width: number;
  height: number;
}

/** How users arranged the panels of a view; everything else stands in its default order and size. */
export interface PanelLayout {
  /** Ids of the panels that stand first in each section, in order. */
  first: Readonly<Record<string, readonly string[]>>;
  sizes: Readonly<Record<string, PanelSize>>;
}

/** Key of the section of the panels that users add; no metric has this prefix. */
export const ownSection = "#";
/** Key of the section of images. */
export const mediaSection = "#media";

const thirds = 3;
const maxRows = 2;
/** Maximum length of the stored text of a layout: it is a part of the address. */
const maxLength = 4_000;

/** Returns a size within the grid. */
export function boundedSize({ width, height }: PanelSize): PanelSize {
  return { width: within(width, thirds), height: within(height, maxRows) };
}

function within(value: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(1, Math.round(value))) : 1;
}

/** Reads a layout from an address. Invalid parts are ignored. */
export function readLayout(text: string | undefined): PanelLayout {
  const { first, sizes } = parsed(text);
  return {
    first: Object.fromEntries(
      Object.entries(first).flatMap(([section, ids]) =>
        Array.isArray(ids) ? [[section, ids.filter((id) => typeof id === "string")]] : [],
      ),
    ),
    sizes: Object.fromEntries(
      Object.entries(sizes).flatMap(([id, size]) =>
        typeof size === "string" && /^\d{2}$/.test(size)
          ? [[id, boundedSize({ width: Number(size[0]), height: Number(size[1]) })]]
          : [],
      ),
    ),
  };
}

function parsed(text: string | undefined): Record<"first" | "sizes", Record<string, unknown>> {
  try {
    const value = JSON.parse(text ?? "{}") as { o?: unknown; s?: unknown } | null;
    return { first: asRecord(value?.o), sizes: asRecord(value?.s) };
  } catch {
    return { first: {}, sizes: {} };
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Writes a layout for an address; undefined for the default. */
export function writeLayout({ first, sizes }: PanelLayout): string | undefined {
  const order = Object.entries(first).filter(([, ids]) => ids.length > 0);
  const sized = Object.entries(sizes);
  if (order.length === 0 && sized.length === 0) return undefined;
  return JSON.stringify({
    ...(order.length > 0 && { o: Object.fromEntries(order) }),
    ...(sized.length > 0 && {
      s: Object.fromEntries(sized.map(([id, { width, height }]) => [id, `${width}${height}`])),
    }),
  });
}

/** Returns whether a layout is short enough to be stored. */
export function fitsAddress(layout: PanelLayout): boolean {
  return encodeURIComponent(writeLayout(layout) ?? "").length <= maxLength;
}

/** Returns the ids of a section in the order of a layout; new panels stand behind those that were moved to the front. */
export function arranged(ids: readonly string[], section: string, { first }: PanelLayout): string[] {
  const moved = (first[section] ?? []).filter((id) => ids.includes(id));
  return [...moved, ...ids.filter((id) => !moved.includes(id))];
}

/**
 * Returns a layout in which a panel has another place in its section.
 * @param ids of the section in the default order @param to place from 0; others are bounded
 */
export function withMoved(
  layout: PanelLayout,
  { section, ids, id, to }: { section: string; ids: readonly string[]; id: string; to: number },
): PanelLayout {
  const order = arranged(ids, section, layout);
  const others = order.filter((each) => each !== id);
  const next = others.toSpliced(Math.min(others.length, Math.max(0, to)), 0, id);
  // Only the shortest beginning that gives this order is stored, so that metrics of later runs find their place.
  const count = next.findIndex((_, at) => {
    const head = next.slice(0, at);
    const rest = ids.filter((each) => !head.includes(each));
    return rest.every((each, index) => each === next[at + index]);
  });
  const { [section]: _, ...first } = layout.first;
  const head = next.slice(0, Math.max(0, count));
  return { ...layout, first: head.length > 0 ? { ...first, [section]: head } : first };
}

/** Returns a layout in which a panel has another size. @param usual its size without a layout */
export function withSize(layout: PanelLayout, id: string, size: PanelSize, usual: PanelSize): PanelLayout {
  const { [id]: _, ...others } = layout.sizes;
  const next = boundedSize(size);
  const isUsual = next.width === usual.width && next.height === usual.height;
  return { ...layout, sizes: isUsual ? others : { ...others, [id]: next } };
}
