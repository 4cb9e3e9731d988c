"use client";

import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { DataRule, SetDataRules } from "#server/watch/monitoring/integrity/rules/contract.ts";

interface RulesButtonProps {
  endpointId: string;
  endpoint: string;
  rules: DataRule[];
  revision: number;
  actorName: string;
  action: (input: SetDataRules) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

const newRule = "New rule";

/** Sets what every row must keep across features: adds a rule, changes one, or takes one away. */
export function RulesButton({ endpointId, endpoint, rules, revision, actorName, action, why }: RulesButtonProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState(newRule);
  const [name, setName] = useState("");
  const [expression, setExpression] = useState("");
  const [percent, setPercent] = useState<number | string>(1);
  const { complaints, refused, reset } = useComplaints((field) => /^rules\.\d+\.|^rules$/.test(field));
  const index = rules.findIndex((rule) => rule.name === chosen);
  const at = index < 0 ? rules.length : index;
  const isDeleted = index >= 0 && expression.trim() === "";

  function choose(next: string) {
    const rule = rules.find((one) => one.name === next);
    setChosen(next);
    setName(rule?.name ?? "");
    setExpression(rule?.expression ?? "");
    setPercent(Number(((rule?.maxBadShare ?? 0.01) * 100).toPrecision(4)));
    reset();
  }

  async function save(reason: string) {
    const rule = { name, expression, maxBadShare: Number(percent) / 100 };
    const next = isDeleted ? rules.toSpliced(index, 1) : rules.toSpliced(at, 1, rule);
    const result = await action({ endpointId, rules: next, reason, revision });
    if (!result.ok) return refused(result);
    toast.done(isDeleted ? `Rule ${chosen} removed.` : `Rule ${name} saved. It is checked within the hour.`);
    void refresh();
    return undefined;
  }

  return (
    <>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        title={why}
        onClick={() => {
          choose(newRule);
          setOpened(true);
        }}
      >
        Rules…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Data rules for ${endpoint}`}
        consequences={[
          { label: "Checked", value: "every hour, on the latest sampled rows in the prediction log" },
          { label: "Broken", value: "opens a ticket; rows with missing values are skipped" },
        ]}
        confirmLabel={isDeleted ? "Remove rule" : "Save rule"}
        cancelLabel="Cancel"
        destructive={isDeleted}
        actorName={actorName}
        onConfirm={save}
      >
        <Select
          label="Rule"
          data={[newRule, ...rules.map((rule) => rule.name)]}
          value={chosen}
          onChange={(value) => value && choose(value)}
          allowDeselect={false}
        />
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={complaints[`rules.${at}.name`] ?? complaints.rules}
        />
        <TextInput
          label="Condition"
          description={
            index < 0 ? 'arrival >= departure, or carrier matches "^[A-Z0-9]{2}$"' : "Leave empty to remove the rule."
          }
          value={expression}
          onChange={(event) => setExpression(event.currentTarget.value)}
          error={complaints[`rules.${at}.expression`]}
        />
        <NumberInput
          label="Allowed violations, %"
          value={percent}
          onChange={setPercent}
          min={0}
          max={100}
          decimalScale={2}
          error={complaints[`rules.${at}.maxBadShare`]}
        />
      </ConfirmWithReason>
    </>
  );
}
