"use client";

import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { SetCostBudget } from "#server/watch/cost/budgets/contract.ts";
import { ChangeButton } from "./change-button.tsx";

interface SetBudgetButtonProps {
  /** Endpoints that can have a budget, besides the workspace and teams. */
  endpoints: { id: string; name: string }[];
  teams: { id: string; name: string }[];
  currency: string | null;
  thisMonth: string;
  why: string | undefined;
  actorName: string;
  setBudget: (input: SetCostBudget) => Promise<ActionState<unknown>>;
}

const fields = ["amount", "fromMonth", "currency", "endpointId", "teamId"];

/** Sets what the workspace, an endpoint or a team may spend in a month. */
export function SetBudgetButton(props: SetBudgetButtonProps) {
  const { endpoints, teams, currency, thisMonth, why, actorName, setBudget } = props;
  const [scope, setScope] = useState("");
  const [amount, setAmount] = useState<number | string>("");
  const [fromMonth, setFromMonth] = useState(thisMonth);

  function save(reason: string) {
    const [kind, id] = scope.split(" ");
    const of = kind === "endpoint" ? { endpointId: id } : kind === "team" ? { teamId: id } : {};
    return setBudget({ ...of, amount: amount as number, fromMonth, reason });
  }

  return (
    <ChangeButton
      label="Set budget…"
      title="Set budget?"
      evidence="A budget never stops anything: the forecast is compared with it, and alert rules can notify someone."
      consequences={[
        { label: "From this month", value: "replaces the previous budget; earlier months keep theirs" },
        { label: "Undo", value: "set the previous budget again; 0 removes the budget" },
      ]}
      confirmLabel="Set budget"
      done="Budget set."
      why={why}
      actorName={actorName}
      fields={fields}
      save={save}
    >
      {(complaints) => (
        <>
          <NativeSelect
            label="Scope"
            value={scope}
            onChange={(event) => setScope(event.currentTarget.value)}
            error={complaints.endpointId ?? complaints.teamId}
            data={[
              { value: "", label: "Whole workspace" },
              ...endpoints.map(({ id, name }) => ({ value: `endpoint ${id}`, label: name })),
              ...teams.map(({ id, name }) => ({ value: `team ${id}`, label: `Team ${name}` })),
            ]}
          />
          <NumberInput
            label={`Monthly budget${currency ? `, ${currency}` : ""}`}
            min={0}
            value={amount}
            onChange={setAmount}
            error={complaints.amount ?? complaints.currency}
          />
          <TextInput
            type="month"
            label="From"
            value={fromMonth}
            onChange={(event) => setFromMonth(event.currentTarget.value)}
            error={complaints.fromMonth}
          />
        </>
      )}
    </ChangeButton>
  );
}
