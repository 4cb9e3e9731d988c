"use client";

import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Moment } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Digest, SetDigest } from "#server/report/reports/digest/contract.ts";

interface DigestProps {
  digest: Digest;
  save: (input: SetDigest) => Promise<ActionState<unknown>>;
  /** A mail leads here to be switched off. */
  isOpen: boolean;
}

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Shows whether the weekly email is enabled, and when it is sent. */
export function DigestButton({ digest, save, isOpen }: DigestProps) {
  const [opened, setOpened] = useState(isOpen);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconMail size={15} stroke={1.7} />}
        onClick={() => setOpened(true)}
        aria-label={digest.isOn ? "Weekly email is on" : "Get the weekly email"}
      >
        {digest.isOn ? "Email: on" : "Email…"}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Weekly email" size={440} yOffset="12vh">
        {opened && <DigestForm digest={digest} save={save} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function DigestForm({ digest, save, onDone }: Omit<DigestProps, "isOpen"> & { onDone: () => void }) {
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
