import type { ReactNode } from "react";
import { Panel } from "#components/ui/panel.tsx";
import type { Policy } from "#server/respond/oncall/escalation/contract.ts";

/** Renders a policy as text, step by step, with the teams that use it. */
export function PolicyPanel({ policy, actions }: { policy: Policy; actions?: ReactNode }) {
  const { name, words, teams } = policy;
  return (
    <Panel
      title={name}
      subtitle={
        teams.length > 0
          ? `used by ${teams.join(", ")}`
          : policy.id
            ? "not used by any team"
            : "where a team chose none"
      }
      right={actions}
    >
      <ol style={{ margin: 0, padding: 0, display: "grid", gap: 4 }}>
        {words.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </Panel>
  );
}
