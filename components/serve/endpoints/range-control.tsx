"use client";

import { ActionIcon, Button } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useId, useRef, useState } from "react";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { lazyDialog, OnceOpened } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { labelOfKey, type RangeChoice, type ShownRange } from "./fit-range.ts";
import classes from "./range-control.module.css";
import { neighbour, shifted, withFixed, withoutZoom, withRelative, withSinceDeploy } from "./time-range.ts";

/** A time range that the menu offers by what happened in it. */
export interface RangeMoment {
  /** "Since the deployment of v32" */
  label: string;
  /** Milliseconds since 1970. */
  from: number;
  /** Undefined for one that ends now. */
  to?: number;
  /** Whether the address names the deployment instead of its time. */
  isDeploy?: boolean;
}

export interface RangeControlProps {
  /** Ranges that end now, from narrow to wide. */
  choices: readonly RangeChoice[];
  /** What the page shows. */
  shown: ShownRange;
  /** Whether the tab widens ranges by itself, unless they are chosen on it. */
  widens?: boolean;
  moments?: readonly RangeMoment[];
  /** Shows an address without loading its page, for one that follows its address; a step of the browser history unless it replaces. */
  onGo?: (href: string, isReplacing: boolean) => void;
}

/** Parameter of an address whose range is not widened. */
const exact = "exact";
const RangeChoices = lazyDialog(() => import("./range-choices.tsx").then((module) => module.RangeChoices));
const weekMs = 7 * 86_400_000;
const dayMs = 86_400_000;

/**
 * Renders the time range of a page, which the address stores: one that ends now, or one between two moments. Keys: = wider, - narrower, [ earlier,
 * ] later, Z back to the range before a zoom.
 */
export function RangeControl({ choices, shown, widens = false, moments = [], onGo }: RangeControlProps) {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  const id = useId();
  const now = useNow(10_000);
  const given = () => new URLSearchParams(query);
  const hrefOf = (changed: URLSearchParams) => {
    if (widens) changed.set(exact, "1");
    return `${pathname}?${changed}`;
  };
  const back = withoutZoom(given());
  back?.delete(exact);
  const backHref = back && `${pathname}?${back}`;
  const relativeHref = (key: string) => hrefOf(withRelative(given(), key));
  const fixedHref = (fixed: { from: number; to: number }) => hrefOf(withFixed(given(), fixed));
  const go = (href: string, isReplacing = false) => {
    if (onGo) onGo(href, isReplacing);
    else if (isReplacing) router.replace(href, { scroll: false });
    else router.push(href, { scroll: false });
  };
  /** Returns the properties of a link to a range. */
  const linkTo = (href: string, isReplacing = false) => ({
    href,
    replace: isReplacing,
    scroll: false,
    onNavigate: (event: { preventDefault: () => void }) => {
      setOpened(false);
      if (!onGo) return;
      event.preventDefault();
      onGo(href, isReplacing);
    },
  });
  const show = (fixed: { from: number; to: number }) => {
    setOpened(false);
    go(fixedHref(fixed));
  };
  const shift = (step: 1 | -1) => show(shifted(shown, step, Date.now()));
  const isNow = shown.fixed === undefined;
  usePageKeys((key) => {
    if (key === "[") shift(-1);
    else if (key === "]" && !isNow) shift(1);
    else if (key === "z" && backHref) go(backHref);
    else if ((key === "=" || key === "-") && isNow) {
      const next = neighbour(choices, shown.key, key === "=" ? 1 : -1);
      if (next) go(relativeHref(next.key), true);
    } else return false;
    return true;
  });
  const span = shown.fixed ?? { from: now - shown.lengthMs, to: now };
  return (
    <>
      {backHref && (
        <Link className={classes.back} {...linkTo(backHref)} title="Undo the zoom (Z)">
          <IconZoomOut size={15} stroke={1.7} aria-hidden="true" />
          <span>{backText(back.get("range"))}</span>
        </Link>
      )}
      <fieldset className={classes.control} aria-label="Time range">
        <ActionIcon variant="subtle" aria-label="Earlier" title="Half a range earlier ([)" onClick={() => shift(-1)}>
          <IconChevronLeft size={14} stroke={1.7} />
        </ActionIcon>
        <Button
          ref={target}
          id={`${id}-target`}
          variant="subtle"
          size="xs"
          color="gray"
          className={classes.label}
          leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
          rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
          title="Time range (= wider, - narrower)"
          aria-haspopup="dialog"
          aria-expanded={opened}
          aria-controls={opened ? `${id}-dropdown` : undefined}
          onClick={() => setOpened(!opened)}
        >
          <RangeLabel range={shown} now={now} />
        </Button>
        <OnceOpened opened={opened}>
          <RangeChoices
            target={target}
            id={id}
            opened={opened}
            onChange={setOpened}
            choices={choices.map(({ key, label }) => ({
              label: `Last ${label}`,
              isCurrent: key === shown.key,
              link: linkTo(relativeHref(key), true),
            }))}
            moments={[
              ...moments.map(({ label, from, to = now, isDeploy }) => ({
                label,
                lengthMs: to - from,
                link: linkTo(isDeploy ? hrefOf(withSinceDeploy(given())) : fixedHref({ from, to })),
              })),
              { label: "The week before", link: linkTo(fixedHref({ from: span.from - weekMs, to: span.to - weekMs })) },
            ]}
            longest={choices.at(-1)?.label}
            onChoose={show}
          />
        </OnceOpened>
        <ActionIcon
          variant="subtle"
          aria-label="Later"
          title="Half a range later (])"
          aria-disabled={isNow}
          onClick={() => !isNow && shift(1)}
        >
          <IconChevronRight size={14} stroke={1.7} />
        </ActionIcon>
      </fieldset>
    </>
  );
}

function backText(key: string | null): string {
  const label = labelOfKey(key);
  return label ? `Back to ${label}` : "Back";
}

function RangeLabel({ range, now }: { range: ShownRange; now: number }) {
  const zone = useHydrated() ? undefined : "UTC";
  const { from, to } = range.fixed ?? { from: now - range.lengthMs, to: now };
  // Of many days the dates say enough. Held against a time days before, the date is always named.
  const isLong = to - from > 2 * dayMs;
  const date = (at: number) => formatUntil(at, at - 2 * dayMs, zone).replace(/, .*$/, "");
  return (
    <>
      {range.fixed ? <span className={classes.brief}>{range.label}</span> : <span>Last {range.label}</span>}
      <span className={classes.times}>
        {isLong
          ? `${date(from)}–${date(to)}`
          : `${formatUntil(from, now, zone)}–${formatUntil(to, range.fixed ? from : now, zone)}`}
      </span>
    </>
  );
}
