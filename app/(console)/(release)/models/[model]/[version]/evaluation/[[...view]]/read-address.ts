import { notFound } from "next/navigation";
import { type EvaluationView, evaluationViews } from "#components/release/evaluation/addresses.ts";

/** Parses the model, version and view of the address; accepts "v3" and "3". */
export async function readAddress(params: Promise<{ model: string; version: string; view?: string[] }>) {
  const { model, version, view: segments = [] } = await params;
  const number = Number(/^v?(\d{1,9})$/.exec(version)?.[1]);
  const view = viewOf(segments);
  if (!(number > 0) || view === undefined) notFound();
  return { key: { name: decodeURIComponent(model), version: number }, view };
}

function viewOf(segments: readonly string[]): EvaluationView | undefined {
  if (segments.length === 0) return "overview";
  const [name] = segments;
  return segments.length === 1 && name !== "overview"
    ? [...evaluationViews, "sets" as const].find((view) => view === name)
    : undefined;
}

const longest = 300;

/** Parses what an address says besides version and view. */
export function readSearch(search: Record<string, string | string[] | undefined>) {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === "string" && value !== "" ? value.slice(0, longest) : undefined;
  };
  const base = Number(/^v?(\d{1,9})$/.exec(text("base") ?? "")?.[1]);
  const offset = Number(text("offset"));
  const set = text("set");
  const severity = Number(/^[1-9]$/.exec(text("severity") ?? "")?.[0]);
  return {
    ...(set !== undefined && { set }),
    ...(base > 0 && { base }),
    segment: text("segment"),
    only: text("only"),
    order: text("order") === "loss" ? ("loss" as const) : ("row" as const),
    kind: text("kind"),
    severity: severity > 0 ? severity : undefined,
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
  };
}

export type EvaluationSearch = ReturnType<typeof readSearch>;
