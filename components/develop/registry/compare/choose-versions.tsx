"use client";

import { NativeSelect } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { ButtonLink } from "#components/ui/button-link.tsx";
import classes from "./choose-versions.module.css";
import { compareHref } from "./comparison.ts";

interface ChooseVersionsProps {
  modelName: string;
  a: number;
  b: number;
  /** Newest first, with what makes each known: "v3, challenger". */
  versions: { version: number; label: string }[];
}

/** Selects the two versions to compare; the selection is stored in the URL. */
export function ChooseVersions({ modelName, a, b, versions }: ChooseVersionsProps) {
  const router = useRouter();
  const data = versions.map(({ version, label }) => ({ value: String(version), label }));
  const go = (left: number, right: number) => router.push(compareHref(modelName, left, right), { scroll: false });
  return (
    <div className={classes.root}>
      <NativeSelect
        aria-label="First version"
        data={data}
        value={String(a)}
        onChange={(event) => go(Number(event.currentTarget.value), b)}
      />
      <ButtonLink href={compareHref(modelName, b, a)} variant="default" aria-label="Swap the two versions">
        <IconArrowsLeftRight size={15} stroke={1.8} aria-hidden="true" />
      </ButtonLink>
      <NativeSelect
        aria-label="Second version"
        data={data}
        value={String(b)}
        onChange={(event) => go(a, Number(event.currentTarget.value))}
      />
    </div>
  );
}
