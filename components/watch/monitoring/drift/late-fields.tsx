"use client";

import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";
import type { MonitorSettings } from "#server/watch/monitoring/contract.ts";

interface LateFieldsProps {
  settings: MonitorSettings["lateEvents"];
  common: Pick<NumberInputProps, "disabled" | "inputWrapperOrder">;
  errors: Record<string, string>;
  onChange: (settings: MonitorSettings["lateEvents"]) => void;
}

/** Renders the threshold of late events in minutes, and their normal share in percent. */
export function LateFields({ settings, common, errors, onChange }: LateFieldsProps) {
  const [minutes, setMinutes] = useState<string | number>(settings.afterMs / 60_000);
  const [percent, setPercent] = useState<string | number>(Number((settings.maxShare * 100).toPrecision(6)));
  return (
    <>
      <NumberInput
        {...common}
        label="Late-event threshold"
        description="For requests that include an event time (leeway-event-at)."
        suffix=" minutes"
        min={1}
        max={43_200}
        value={minutes}
        onChange={(value) => {
          setMinutes(value);
          onChange({ ...settings, afterMs: Math.round(Number(value) * 60_000) });
        }}
        error={errors["settings.lateEvents.afterMs"]}
      />
      <NumberInput
        {...common}
        label="Expected share of late events"
        description="A significantly higher share opens a ticket."
        suffix="%"
        min={0}
        max={100}
        decimalScale={4}
        value={percent}
        onChange={(value) => {
          setPercent(value);
          onChange({ ...settings, maxShare: Number(value) / 100 });
        }}
        error={errors["settings.lateEvents.maxShare"]}
      />
    </>
  );
}
