"use client";

import { Button, Checkbox, NumberInput, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { BurnRules, BurnTier, Period } from "#server/watch/objectives/contract.ts";
import type { IndicatorKind } from "#server/watch/objectives/indicators/contract.ts";
import { periodOf } from "./draft.ts";
import { complaintOf, type FieldsProps } from "./fields.ts";
import classes from "./slo-form.module.css";

export type StandardRules = (period: Period, kind: IndicatorKind | null) => Promise<ActionState<BurnRules>>;

const gates = [
  { value: "0.001", label: "1 in 1,000 (default)" },
  { value: "0.0001", label: "1 in 10,000 (quieter, slower)" },
  { value: "none", label: "off (a single failure can page)" },
];

/** Edits the burn-rate alerts: the workbook's table scaled to the period, or custom windows and factors. */
export function RulesFields({ draft, change, complaints, standard }: FieldsProps & { standard: StandardRules }) {
  const { rules } = draft;
  const { busy, run } = useAction(() =>
    standard(periodOf(draft), draft.kind === "composite" ? null : (draft.kind as IndicatorKind)),
  );
  const set = (next: Partial<BurnRules>) => rules && change({ rules: { ...rules, ...next } });
  return (
    <fieldset className={classes.section}>
      <legend>Alerting</legend>
      <Checkbox
        label="Standard burn-rate alerts, scaled to the SLO window"
        description="Page at 14.4× over 5 min and 1 h, or 6× over 30 min and 6 h (30-day window); ticket at 3× and 1×."
        checked={rules === null}
        disabled={busy}
        onChange={(event) =>
          event.currentTarget.checked
            ? change({ rules: null })
            : run(undefined as never, (standardRules) => change({ rules: standardRules }))
        }
      />
      {rules && (
        <>
          {rules.tiers.map((tier, index) => (
            <TierFields
              // biome-ignore lint/suspicious/noArrayIndexKey: tiers have no other identity than their place
              key={index}
              tier={tier}
              error={complaintOf(complaints, `definition.rules.tiers.${index}`)}
              onChange={(next) => set({ tiers: rules.tiers.with(index, next) })}
              onRemove={() => set({ tiers: rules.tiers.toSpliced(index, 1) })}
            />
          ))}
          <div className={classes.line}>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPlus size={13} aria-hidden="true" />}
              onClick={() => set({ tiers: [...rules.tiers, newTier] })}
            >
              Add burn-rate window
            </Button>
          </div>
          <div className={classes.pair}>
            <Select
              label="Significance gate"
              description="Alerts fire only if this many failures are less likely than this for a service that meets its target."
              data={gates}
              value={rules.gate === null ? "none" : String(rules.gate)}
              allowDeselect={false}
              onChange={(gate) => set({ gate: gate === "none" ? null : Number(gate) })}
            />
            <Select
              label="No data"
              description="When data normally arrives but has stopped."
              data={[
                { value: "page", label: "page" },
                { value: "ticket", label: "ticket" },
                { value: "none", label: "do not notify" },
              ]}
              value={rules.absent?.severity ?? "none"}
              allowDeselect={false}
              onChange={(severity) =>
                set({
                  absent: severity === "none" ? null : { minutes: null, severity: severity as "page" | "ticket" },
                })
              }
            />
          </div>
        </>
      )}
    </fieldset>
  );
}

const newTier: BurnTier = { severity: "ticket", longMinutes: 1440, shortMinutes: 120, factor: 3, forMinutes: 0 };

interface TierFieldsProps {
  tier: BurnTier;
  error: string | undefined;
  onChange: (tier: BurnTier) => void;
  onRemove: () => void;
}

function TierFields({ tier, error, onChange, onRemove }: TierFieldsProps) {
  return (
    <div className={classes.tier}>
      <Select
        aria-label="Severity"
        data={["page", "ticket"]}
        value={tier.severity}
        allowDeselect={false}
        onChange={(severity) => severity && onChange({ ...tier, severity: severity as BurnTier["severity"] })}
      />
      <NumberInput
        aria-label="Burn-rate threshold"
        prefix="over "
        suffix="×"
        min={0.01}
        value={tier.factor}
        onChange={(factor) => onChange({ ...tier, factor: Number(factor) })}
      />
      <NumberInput
        aria-label="Long window, minutes"
        suffix=" min"
        min={1}
        value={tier.longMinutes}
        error={error}
        onChange={(longMinutes) => onChange({ ...tier, longMinutes: Number(longMinutes) })}
      />
      <NumberInput
        aria-label="Short window, minutes (optional)"
        suffix=" min"
        min={1}
        value={tier.shortMinutes ?? ""}
        onChange={(minutes) => onChange({ ...tier, shortMinutes: minutes === "" ? null : Number(minutes) })}
      />
      <Button variant="subtle" size="xs" aria-label="Remove burn-rate window" onClick={onRemove}>
        <IconTrash size={15} aria-hidden="true" />
      </Button>
    </div>
  );
}
