import { type Brush, readBrush, writeBrush } from "#components/charts/brush.ts";

/** Kinds of panels that users add to the charts of an experiment. */
export const panelKinds = ["line", "bar", "scatter", "parallel", "media", "text"] as const;
export type PanelKind = (typeof panelKinds)[number];

/** A panel that a user added to a view of an experiment. */
export interface OwnPanel {
  /** Unique among the panels of a view: "p1". */
  id: string;
  kind: PanelKind;
  /** "" for the title that its content gives. */
  title: string;
  /** A metric of a line or bar chart, x and y of a scatter plot, the axes of parallel coordinates, the name of images. */
  columns: string[];
  /** Markdown of a text panel. */
  text: string;
  /** Brushed ranges of parallel coordinates, by column. */
  brushes?: Record<string, Brush>;
}

export const panelLabels: Readonly<Record<PanelKind, string>> = {
  line: "Line",
  bar: "Bar",
  scatter: "Scatter",
  parallel: "Parallel",
  media: "Image",
  text: "Text",
};

/** Maximum number of panels that are added to a view. */
export const maxOwnPanels = 24;
/** Maximum number of axes of parallel coordinates; more are no picture any more. */
export const maxPanelAxes = 8;
/** Maximum length of the stored text of panels: it is a part of the address. */
const maxLength = 6_000;

/** The brushes are pairs of a column and a text; panels of older views have none. */
type Stored = [id: string, kind: string, title: string, columns: string[], text: string, brushes?: string[][]];

/** Reads panels from an address. Invalid ones are ignored. */
export function readPanels(text: string | undefined): OwnPanel[] {
  const stored = parsedList(text);
  const panels = stored.flatMap((each): OwnPanel[] => {
    if (!isStored(each)) return [];
    const [id, kind, title, columns, text, stored] = each;
    const known = panelKinds.find((one) => one === kind);
    const brushes = readBrushes(stored);
    return known
      ? [{ id, kind: known, title, columns: columns.slice(0, maxPanelAxes), text, ...(brushes && { brushes }) }]
      : [];
  });
  const ids = panels.map(({ id }) => id);
  return panels.filter(({ id }, at) => ids.indexOf(id) === at).slice(0, maxOwnPanels);
}

/** Reads the valid brushes; undefined without any. */
function readBrushes(stored: unknown): OwnPanel["brushes"] {
  const pairs = (Array.isArray(stored) ? stored : []).flatMap((pair: unknown): [string, Brush][] => {
    const [column, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const brush = typeof text === "string" ? readBrush(text) : undefined;
    return typeof column === "string" && brush ? [[column, brush]] : [];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function parsedList(text: string | undefined): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isStored(value: unknown): value is Stored {
  if (!Array.isArray(value)) return false;
  const [id, kind, title, columns, text] = value as unknown[];
  const isTexts = [id, kind, title, text].every((each) => typeof each === "string");
  return isTexts && id !== "" && Array.isArray(columns) && columns.every((each) => typeof each === "string");
}

/** Writes panels for an address; undefined without any. */
export function writePanels(panels: readonly OwnPanel[]): string | undefined {
  if (panels.length === 0) return undefined;
  return JSON.stringify(
    panels.map(({ id, kind, title, columns, text, brushes = {} }): Stored => {
      const pairs = Object.entries(brushes).map(([column, brush]) => [column, writeBrush(brush)]);
      return pairs.length > 0 ? [id, kind, title, columns, text, pairs] : [id, kind, title, columns, text];
    }),
  );
}

/** Returns the list with a panel in place of the one with its id, or at its end. */
export function withPanel(panels: readonly OwnPanel[], panel: OwnPanel): OwnPanel[] {
  const at = panels.findIndex(({ id }) => id === panel.id);
  return at < 0 ? [...panels, panel] : panels.with(at, panel);
}

/** Returns an id that no panel of a view has. */
export function newPanelId(panels: readonly OwnPanel[]): string {
  const numbers = panels.map(({ id }) => Number(id.slice(1)) || 0);
  return `p${Math.max(0, ...numbers) + 1}`;
}

/** Returns why a panel cannot be added to a view; undefined if it can. */
export function findProblem(panels: readonly OwnPanel[], panel: OwnPanel): string | undefined {
  const { kind, columns, text } = panel;
  if ((kind === "line" || kind === "bar") && columns.length === 0) return "Select a metric.";
  if (kind === "scatter" && columns.filter(Boolean).length < 2) return "Select both axes.";
  if (kind === "parallel" && columns.length < 2) return "Select at least two axes.";
  if (kind === "media" && columns.length === 0) return "Select images.";
  if (kind === "text" && text.trim() === "") return "Enter a text.";
  const next = withPanel(panels, panel);
  if (next.length > maxOwnPanels) return `At most ${maxOwnPanels} panels per view. Delete one.`;
  if (encodeURIComponent(writePanels(next) ?? "").length > maxLength)
    return "The panels of this view have too much text. Shorten a text, or delete a panel.";
  return undefined;
}

/** Returns the title of a panel: its own, or that of its content. */
export function titleOfPanel({ kind, title, columns: [first = "", second = ""] }: OwnPanel): string {
  if (title) return title;
  const keyOf = (column: string) => column.slice(column.indexOf(".") + 1);
  if (kind === "scatter") return `${keyOf(second)} vs ${keyOf(first)}`;
  if (kind === "parallel") return "Parallel coordinates";
  return kind === "text" ? "Notes" : first;
}
