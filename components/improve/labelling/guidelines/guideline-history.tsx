import { DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Guideline } from "#server/improve/labelling/guidelines/contract.ts";
import { diffLines } from "./diff-lines.ts";

/** Lists the versions of the guidelines, newest first, with how much each changed. */
export function GuidelineHistory({ guidelines }: { guidelines: Guideline[] }) {
  const rows = guidelines.map((guideline, at) => ({ guideline, before: guidelines[at + 1] }));
  return (
    <Panel title="Versions" subtitle="newest first" flush>
      <DataTable
        label="Versions of the guidelines"
        density="dense"
        rows={rows}
        rowKey={({ guideline }) => String(guideline.version)}
        columns={[
          { key: "version", head: "Version", cell: ({ guideline }) => `version ${guideline.version}` },
          {
            key: "change",
            head: "Change",
            cell: ({ guideline, before }) => (before ? describeChange(before, guideline) : "first version"),
          },
          { key: "reason", head: "Reason", cell: ({ guideline }) => guideline.reason || noValue },
          { key: "by", head: "By", cell: ({ guideline }) => guideline.createdBy },
          {
            key: "at",
            head: "Published",
            align: "right",
            cell: ({ guideline }) => <RelativeTime at={guideline.createdAt} />,
          },
        ]}
      />
    </Panel>
  );
}

function describeChange(before: Guideline, after: Guideline): string {
  const lines = diffLines(before.text, after.text);
  const changed = lines.filter(({ kind }) => kind !== "same").length;
  const definitionOf = (of: Guideline, name: string) => of.classes.find((each) => each.name === name)?.definition ?? "";
  const names = [...new Set([...before.classes, ...after.classes].map(({ name }) => name))];
  const redefined = names.filter((name) => definitionOf(before, name) !== definitionOf(after, name));
  const parts = [
    changed > 0 && `${plural(changed, "line")} of the text`,
    redefined.length > 0 && `definition of ${redefined.join(", ")}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join("; ") : "classes or settings of the question";
}
