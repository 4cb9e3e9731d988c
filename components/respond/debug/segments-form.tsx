"use client";

import { Button, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import classes from "./debug.module.css";
import { type DebugState, debugHref } from "./debug-state.ts";

interface SegmentsFormProps {
  endpoint: string;
  state: DebugState;
  /** Error message of each query. */
  problems: Record<"a" | "b", string | null>;
}

/** Renders the form with two queries of the prediction log; an empty one matches all traffic. */
export function SegmentsForm({ endpoint, state, problems }: SegmentsFormProps) {
  const router = useRouter();
  const [a, setA] = useState(state.a);
  const [b, setB] = useState(state.b);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    router.push(`${debugHref(endpoint, state, { a, b })}#segments`, { scroll: false });
  };
  return (
    <form className={classes.fields} onSubmit={submit}>
      <TextInput
        label="A"
        placeholder="input.carrier = UA"
        value={a}
        onChange={(event) => setA(event.currentTarget.value)}
        error={problems.a}
        spellCheck={false}
      />
      <TextInput
        label="B"
        placeholder="all traffic"
        value={b}
        onChange={(event) => setB(event.currentTarget.value)}
        error={problems.b}
        spellCheck={false}
      />
      <Button type="submit" variant="default" size="xs">
        Compare
      </Button>
    </form>
  );
}
