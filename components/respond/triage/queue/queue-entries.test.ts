import { expect, test } from "vitest";
import type { Row } from "../board-types.ts";
import { besideTheirEndpoint, queueEntries, sectionOf } from "./queue-entries.ts";

const incident = (id: string, stage: "act" | "watch" | "resolve", more: Partial<Row> = {}) =>
  ({ id, severity: "page", state: "unacknowledged", endpointId: id, stage: { stage }, ...more }) as Row;
const ticket = (id: string, endpointId: string | null, more: Partial<Row> = {}) =>
  ({ id, severity: "ticket", state: "unacknowledged", endpointId, stage: null, ...more }) as Row;

function shown(rows: Row[], chosenId?: string): string[] {
  return queueEntries(rows, chosenId).map((entry) =>
    entry.kind === "heading"
      ? `# ${entry.label} ${entry.count}`
      : `${entry.kind} ${entry.row.id}${entry.more > 0 ? ` +${entry.more}` : ""}`,
  );
}

test("groups incidents by what there is to do, then tickets, then what is silenced", () => {
  const rows = [
    incident("a", "act"),
    incident("b", "act"),
    incident("c", "watch"),
    incident("d", "resolve", { state: "quiet" }),
    ticket("e", "x"),
    incident("f", "act", { state: "silenced" }),
  ];
  expect(shown(rows)).toEqual([
    "# Act 2",
    "incident a",
    "incident b",
    "# Watch recovery 1",
    "incident c",
    "# Resolve 1",
    "incident d",
    "# Tickets 1",
    "ticket e",
    "# Silenced 1",
    "incident f",
  ]);
});

test("acts on a page that has no incident yet", () => {
  expect(sectionOf({ state: "unacknowledged", stage: null, severity: "page" })).toBe("act");
});

test("shows one line for the tickets of an endpoint, and all of them once one is selected", () => {
  const rows = [ticket("a", "x"), ticket("b", "y"), ticket("c", "x"), ticket("d", null), ticket("e", null)];
  const placed = besideTheirEndpoint(rows);
  expect(placed.map(({ id }) => id).join("")).toBe("acbde");
  expect(shown(placed)).toEqual(["# Tickets 5", "ticket a +1", "ticket b", "ticket d", "ticket e"]);
  expect(shown(placed, "c")).toEqual(["# Tickets 5", "ticket a", "ticket c", "ticket b", "ticket d", "ticket e"]);
  expect(shown(placed, "b")).toContain("ticket a +1");
});
