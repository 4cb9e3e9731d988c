"use client";

import { NumberInput, type NumberInputProps, Switch } from "@mantine/core";
import { useState } from "react";
import type { MonitorSettings } from "#server/watch/monitoring/contract.ts";

interface ConsistencyFieldsProps {
  settings: MonitorSettings["consistency"];
  common: Pick<NumberInputProps, "disabled" | "inputWrapperOrder">;
  errors: Record<string, string>;
  onChange: (settings: MonitorSettings["consistency"]) => void;
}

/** Edits whether a newly deployed version is compared with the previous one, and how much they may disagree. */
export function ConsistencyFields({ settings, common, errors, onChange }: ConsistencyFieldsProps) {
  const [maxShare, setMaxShare] = useState<string | number>(percentOf(settings.maxDisagreement));
  const [tolerance, setTolerance] = useState<string | number>(percentOf(settings.tolerance));
  const share = { ...common, suffix: "%", min: 0, max: 100, decimalScale: 4 };
  return (
    <>
      <NumberInput
        {...share}
        label="Acceptable disagreement between versions"
        description="Share of recorded requests; above it, a ticket is opened for the new version."
        value={maxShare}
        onChange={(value) => {
          setMaxShare(value);
          onChange({ ...settings, maxDisagreement: Number(value) / 100 });
        }}
        error={errors["settings.consistency.maxDisagreement"]}
      />
      <NumberInput
        {...share}
        label="Numeric tolerance"
        description="Relative difference, for outputs that are not classes."
        value={tolerance}
        onChange={(value) => {
          setTolerance(value);
          onChange({ ...settings, tolerance: Number(value) / 100 });
        }}
        error={errors["settings.consistency.tolerance"]}
      />
      <Switch
        label="Replay recorded requests on each newly deployed version and compare"
        checked={settings.isAutomatic}
        disabled={common.disabled}
        onChange={(event) => onChange({ ...settings, isAutomatic: event.currentTarget.checked })}
      />
    </>
  );
}

function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}
