import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import type { RunEnvironment as Environment } from "#server/develop/tracking/compare/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import type { DiffLine } from "../compare/diff-lines.ts";
import { TextDiff } from "../compare/text-diff.tsx";
import { codeFacts, uncommittedDiff } from "./code-facts.ts";

interface RunEnvironmentProps {
  run: Run;
  /** Undefined when the artifact store did not respond. */
  environment: Environment | undefined;
}

interface Pair {
  label: string;
  value: ReactNode;
}

/** Shows everything needed to reproduce a run: code with its uncommitted changes, Python, packages. */
export function RunEnvironment({ run, environment }: RunEnvironmentProps) {
  const facts = codeFacts(run);
  const patch = uncommittedDiff(run);
  return (
    <Columns columns="minmax(0, 1fr) minmax(0, 1fr)">
      <Panel title="Code" flush>
        <Pairs
          label="Code"
          pairs={facts}
          empty={
            <EmptyState title="No source code recorded">
              When started inside a Git repository, the MLflow client records the commit automatically.
            </EmptyState>
          }
        />
        {patch !== undefined && <TextDiff parts={[{ lines: linesOfPatch(patch) }]} />}
      </Panel>
      <Panel
        title="Environment"
        subtitle={environment && environment.sources.length > 0 ? `from ${environment.sources.join(", ")}` : undefined}
        flush
      >
        {environment ? (
          <Pairs
            label={`Environment, ${plural(Object.keys(environment.packages).length, "package")}`}
            pairs={pairsOf(environment)}
            empty={
              <EmptyState title="No package list found">
                <code>requirements.txt</code>, <code>conda.yaml</code> or <code>python_env.yaml</code> logged with a
                model or by the run itself are read here.
              </EmptyState>
            }
          />
        ) : (
          <FailedState title="Could not load the environment">
            Could not read the artifact store. Reload the page; see the server log for details. The rest of this page is
            up to date.
          </FailedState>
        )}
      </Panel>
    </Columns>
  );
}

function Pairs({ label, pairs, empty }: { label: string; pairs: readonly Pair[]; empty: ReactNode }) {
  return (
    <DataTable
      label={label}
      rows={pairs}
      rowKey={(pair) => pair.label}
      density="compact"
      maxHeight="60vh"
      columns={pairColumns}
      empty={empty}
    />
  );
}

const pairColumns = [
  { key: "label", head: "What", cell: (pair: Pair) => pair.label },
  { key: "value", head: "Which", cell: (pair: Pair) => <code>{pair.value}</code> },
];

function pairsOf({ python, packages }: Environment): Pair[] {
  const entries = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = entries.map(([label, version]) => ({ label, value: version || "any version" }));
  return python === undefined ? pairs : [{ label: "Python", value: python }, ...pairs];
}

/** Parses the added and removed lines of a patch. */
function linesOfPatch(patch: string): DiffLine[] {
  return patch.split("\n").map((line) => {
    const isChange = /^(\+(?!\+\+ )|-(?!-- ))/.test(line);
    if (!isChange) return { kind: "same", text: line };
    return { kind: line.startsWith("+") ? "added" : "removed", text: line.slice(1) };
  });
}
