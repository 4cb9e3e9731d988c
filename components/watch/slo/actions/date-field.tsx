"use client";

import { TextInput } from "@mantine/core";
import { useState } from "react";

/** Renders the browser's own field for a date and time in the viewer's time zone. */
export function DateField({ label, value, onChange }: { label: string; value: Date; onChange: (value: Date) => void }) {
  const [text, setText] = useState(localText(value));
  const isWrong = Number.isNaN(new Date(text).getTime());
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      error={isWrong && "Enter a date and a time."}
      onChange={(event) => {
        setText(event.currentTarget.value);
        const at = new Date(event.currentTarget.value);
        if (!Number.isNaN(at.getTime())) onChange(at);
      }}
    />
  );
}

function localText(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
