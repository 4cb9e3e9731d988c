"use client";

import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import { plural } from "#components/ui/format.ts";
import type { SilencePreview } from "#server/alerting/alerts/silences/contract.ts";

export type PreviewAction = (matchers: string) => Promise<{ preview?: SilencePreview; problem?: string }>;

interface MatchersFieldProps {
  value: string;
  onChange: (value: string) => void;
  preview: PreviewAction;
  error?: string | undefined;
  /** Called after each new count. */
  onCounted: (preview: SilencePreview | undefined) => void;
}

const pauseMs = 350;

/** Matchers as text, with how many alerts that fire now they would mute, counted while one types. */
export function MatchersField({ value, onChange, preview, error, onCounted }: MatchersFieldProps) {
  const [counted, setCounted] = useState<Awaited<ReturnType<PreviewAction>>>({});
  useEffect(() => {
    let isOld = false;
    const timer = setTimeout(async () => {
      const result =
        value.trim() === "" ? {} : await preview(value).catch(() => ({ problem: "Could not count matching alerts." }));
      if (isOld) return;
      setCounted(result);
      onCounted("preview" in result ? result.preview : undefined);
    }, pauseMs);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [value, preview, onCounted]);
  return (
    <div className={classes.mono}>
      <Textarea
        label="Matchers"
        description={'Matchers that must all match: alertname="SLOBurn", service=~"card-.*". Operators: = != =~ !~'}
        autosize
        minRows={2}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error ?? counted.problem}
        data-autofocus
      />
      <p className="lw-small" role="status">
        {describeMatches(counted.preview)}
      </p>
    </div>
  );
}

function describeMatches(preview: SilencePreview | undefined): string {
  if (!preview) return "";
  const { firing, matched, groups } = preview;
  if (matched === 0) return `Matches no firing alerts (${plural(firing, "alert is firing", "alerts are firing")}).`;
  return `Matches ${matched} of ${plural(firing, "firing alert")} in ${plural(groups, "group")}.`;
}
