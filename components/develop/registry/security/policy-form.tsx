"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import classes from "#components/ui/dialog.module.css";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import {
  type SecurityPolicyInForce,
  SecurityRule,
  type SetSecurityPolicy,
} from "#server/develop/registry/security/contract.ts";
import { ruleLabels } from "./security-labels.ts";

interface PolicyFormProps {
  policy: SecurityPolicyInForce;
  actorName: string;
  action: (input: SetSecurityPolicy) => Promise<ActionState<SecurityPolicyInForce>>;
  /** Reason why the user cannot change it. */
  why?: string | undefined;
}

const options = SecurityRule.options.map((value) => ({ value, label: ruleLabels[value] }));

/** Edits how deployments of unsigned or dangerous versions are handled. */
export function PolicyForm({ policy, actorName, action, why }: PolicyFormProps) {
  const [unsigned, setUnsigned] = useState(policy.unsigned);
  const [dangerous, setDangerous] = useState(policy.dangerous);
  const [opened, setOpened] = useState(false);
  const isChanged = unsigned !== policy.unsigned || dangerous !== policy.dangerous;

  async function save(reason: string) {
    const { ok, error } = await action({ unsigned, dangerous, reason });
    if (ok) toast.done("Security policy saved.");
    return error;
  }
  return (
    <div className={classes.body}>
      <Rule label="Unsigned, or not signed by a trusted key" value={unsigned} onChange={setUnsigned} />
      <Rule label="Dangerous files, or files that could not be verified" value={dangerous} onChange={setDangerous} />
      <p className="lw-muted">
        Warnings are shown on the version page and recorded in the audit log with the deployment. Deployed versions keep
        serving.
      </p>
      <div style={{ display: "flex", gap: 12, alignItems: "center" }}>
        <Button variant="default" disabled={why !== undefined || !isChanged} onClick={() => setOpened(true)}>
          Save…
        </Button>
        <span className="lw-small lw-quiet">
          {why ?? (isChanged ? "" : changed(policy))}
          {!why && !isChanged && policy.changedAt && <RelativeTime at={policy.changedAt} />}
        </span>
      </div>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title="Change security policy?"
        consequences={[
          { label: "Unsigned versions", value: `${ruleLabels[policy.unsigned]} becomes ${ruleLabels[unsigned]}` },
          { label: "Dangerous versions", value: `${ruleLabels[policy.dangerous]} becomes ${ruleLabels[dangerous]}` },
          { label: "Deployed versions", value: "keep serving; the policy applies to the next deployment" },
          { label: "Undo", value: "restore the previous policy on this page" },
        ]}
        reasons={["Audit", "Incident", "New company policy"]}
        confirmLabel="Change policy"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={save}
      />
    </div>
  );
}

function changed({ changedBy }: SecurityPolicyInForce): string {
  return changedBy ? `Changed by ${changedBy} ` : "Default policy.";
}

function Rule(props: { label: string; value: SecurityRule; onChange: (value: SecurityRule) => void }) {
  return (
    <div className={classes.choice}>
      <span className="lw-strong">{props.label}</span>
      <div>
        <Segmented label={props.label} value={props.value} onChange={props.onChange} options={options} />
      </div>
    </div>
  );
}
