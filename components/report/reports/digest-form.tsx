"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DigestProps } from "./digest-button.tsx";

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Renders whether and when the weekly email is sent. */
export function DigestForm({ digest, save, onDone }: Omit<DigestProps, "isOpen"> & { onDone: () => void }) {
  const { settings, timeZone, isOn, address, nextAt, hasMailServer } = digest;
  const [weekday, setWeekday] = useState(settings.weekday);
  const [at, setAt] = useState(settings.at);
  const { state, busy, run } = useAction(save);
  const refresh = useRefresh();
  const complaints = state.fieldErrors ?? {};
  const finish = (words: string) => {
    toast.done(words);
    void refresh();
    onDone();
  };
  return (
    <form
      style={{ display: "grid", gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        run({ isOn: true, settings: { weekday, at } }, () => finish("You will receive the weekly email."));
      }}
    >
      <p className="lw-muted">
        A summary of the past week with key figures and risks, sent to {address}.{" "}
        {!hasMailServer && " No mail server is configured (LEEWAY_SMTP_URL), so nothing is sent yet."}
      </p>
      <NativeSelect
        label="Day"
        data={days.map((label, index) => ({ label, value: String(index + 1) }))}
        value={String(weekday)}
        onChange={(event) => setWeekday(Number(event.currentTarget.value))}
      />
      <TextInput
        label="Time"
        description={`In ${timeZone}, the workspace time zone`}
        value={at}
        onChange={(event) => setAt(event.currentTarget.value)}
        error={complaints["settings.at"]}
      />
      {nextAt && (
        <p className="lw-small lw-quiet">
          Next: <Moment at={nextAt} />
        </p>
      )}
      {state.error && <p role="alert">{state.error}</p>}
      <div style={{ display: "flex", gap: 8, justifyContent: "flex-end" }}>
        {isOn && (
          <Button
            variant="default"
            disabled={busy}
            onClick={() => run({ isOn: false }, () => finish("Weekly email turned off."))}
          >
            Turn off
          </Button>
        )}
        <Button type="submit" disabled={busy}>
          {isOn ? "Save" : "Turn on"}
        </Button>
      </div>
    </form>
  );
}
