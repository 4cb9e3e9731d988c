"use client";

import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FieldTable } from "#components/ui/field-table.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ContractRules, DatasetContract, SetContract } from "#server/develop/datasets/rules/contract.ts";
import classes from "./contract-editor.module.css";
import { newDraft, type RuleDraft, toDrafts, toRules } from "./rule-draft.ts";
import { RuleRow, ruleHeads } from "./rule-row.tsx";

interface ContractEditorProps {
  name: string;
  contract: DatasetContract | null;
  /** Contract proposed from a version; null when its columns are unknown. */
  proposal: { digest: string; rules: ContractRules } | null;
  save: (input: SetContract) => Promise<ActionState<DatasetContract>>;
  /** Reason why it is read-only: "needs the role member". */
  why?: string | undefined;
}

/** Edits the contract of a dataset, column by column; saving creates the next revision, with a reason. */
export function ContractEditor({ name, contract, proposal, save, why }: ContractEditorProps) {
  const [drafts, setDrafts] = useState(contract ? toDrafts(contract.rules) : []);
  const [others, setOthers] = useState(contract?.rules.allowsOtherColumns ?? true);
  const [reason, setReason] = useState("");
  const [complaints, setComplaints] = useState(new Map<number, string>());
  const { state, busy, run } = useAction(save);
  const change = (next: RuleDraft) => setDrafts(drafts.map((draft) => (draft.key === next.key ? next : draft)));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { rules, complaints } = toRules(drafts, others);
    setComplaints(complaints);
    if (complaints.size > 0) return;
    run({ name, rules, reason }, ({ revision }) => {
      setReason("");
      toast.done(`Revision ${revision} of the contract is now in effect. Checking the latest version…`);
    });
  }
  const propose = proposal && (
    <Button
      variant="default"
      size="xs"
      disabled={why !== undefined}
      onClick={() => {
        setDrafts(toDrafts(proposal.rules));
        setOthers(proposal.rules.allowsOtherColumns);
        setComplaints(new Map());
      }}
    >
      Suggest from version {proposal.digest.slice(0, 8)}
    </Button>
  );
  return (
    <form onSubmit={submit}>
      <Panel
        title="Contract"
        subtitle={contract ? `revision ${contract.revision}, by ${contract.createdBy}: ${contract.reason}` : "none yet"}
        right={propose}
        flush
      >
        {drafts.length === 0 ? (
          <EmptyState title="No contract yet">
            A contract defines columns, types, limits and allowed values. Every new version is checked against it, and
            the report lists the violating rows. Start from a suggestion, or add a column.
          </EmptyState>
        ) : (
          <FieldTable label="Rules" heads={ruleHeads} flush>
            {drafts.map((draft) => (
              <RuleRow
                draft={draft}
                complaint={complaints.get(draft.key)}
                onChange={change}
                onRemove={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
                disabled={why !== undefined}
                key={draft.key}
              />
            ))}
          </FieldTable>
        )}
        <div className={classes.foot}>
          <FormProblem state={state} />
          <div className={classes.line}>
            <Button
              variant="default"
              leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
              disabled={why !== undefined}
              onClick={() => setDrafts([...drafts, newDraft(drafts)])}
            >
              Add column
            </Button>
            <Checkbox
              label="Allow additional columns"
              checked={others}
              disabled={why !== undefined}
              onChange={(event) => setOthers(event.currentTarget.checked)}
            />
          </div>
          <div className={classes.line}>
            <TextInput
              className={classes.reason}
              aria-label="Reason"
              placeholder="Reason, for example: agreed with the data provider"
              value={reason}
              disabled={why !== undefined}
              onChange={(event) => setReason(event.currentTarget.value)}
              error={state.fieldErrors?.reason}
            />
            {why && <span className="lw-small lw-quiet">{why}</span>}
            <Button type="submit" disabled={why !== undefined} aria-disabled={busy}>
              {busy ? "Saving…" : contract ? `Save as revision ${contract.revision + 1}` : "Save contract"}
            </Button>
          </div>
        </div>
      </Panel>
    </form>
  );
}
